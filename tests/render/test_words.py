"""Times, counts, places and causes in words."""

from __future__ import annotations

import math

import pytest

from stepdbg.model.facts import NOT_RECORDED
from stepdbg.model.stops import Passed
from stepdbg.model.task import Origin, Place, Wake, WakeKind
from stepdbg.render import words
from stepdbg.render.spans import plain_line

from . import pictures
from .pictures import PARENT, SLEEP, START_SOON, scope


@pytest.mark.parametrize(
    ("number", "said"), [(0, "no tasks"), (1, "1 task"), (2, "2 tasks"), (1000, "1000 tasks")]
)
def test_count(number: int, said: str) -> None:
    assert words.count(number, "task") == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 s"),
        (1e-9, "less than 1 ms"),
        (0.0012, "0.001 s"),
        (0.5, "0.5 s"),
        (0.9999, "1 s"),
        (9.994, "9.99 s"),
        (12.34, "12.3 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min"),
        (125.0, "2 min 5 s"),
        (3599.9, "1 h"),
        (12000.0, "3 h 20 min"),
        (86400.0, "1 day"),
        (200000.0, "2 days"),
        (math.inf, "forever"),
    ],
)
def test_duration(seconds: float, said: str) -> None:
    assert plain_line(words.duration(seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.5, "in 0.5 s"),
        (0.0001, "now"),
        (-0.25, "overdue by 0.25 s"),
        (math.inf, "never"),
        (-math.inf, "overdue"),
    ],
)
def test_time_left(seconds: float, said: str) -> None:
    assert plain_line(words.left(seconds)) == said


def test_a_moment_is_told_to_the_millisecond() -> None:
    assert plain_line(words.into_run(61.00349, None)) == "61.003 s into the run"
    assert plain_line(words.into_run(-0.0, 2)) == "0 s into run 2"


@pytest.mark.parametrize(
    ("filename", "origin", "short"),
    [
        ("/home/anna/demo/tasks.py", Origin.OWN, "tasks.py"),
        ("/home/anna/echo/__main__.py", Origin.OWN, "echo/__main__.py"),
        ("C:\\demo\\tasks.py", Origin.OWN, "tasks.py"),
        ("tasks.py", Origin.OWN, "tasks.py"),
        ("<stdin>", Origin.OWN, "<stdin>"),
        ("/venv/lib/python3.13/site-packages/anyio/_core/_tasks.py", Origin.LIBRARY, None),
        ("/usr/lib/python3.13/asyncio/base.py", Origin.LIBRARY, "asyncio/base.py"),
        ("/opt/odd/place.py", Origin.LIBRARY, "place.py"),
    ],
)
def test_short_file(filename: str, origin: Origin, short: str | None) -> None:
    place = Place(filename, 1, "f", origin)
    assert words.short_file(place) == (short or "anyio/_core/_tasks.py")


def test_places() -> None:
    assert plain_line(words.place_in(SLEEP)) == "tasks.py:6 in child"
    assert plain_line(words.place_in(Place("a.py", 3, "<module>", Origin.OWN))) == (
        "a.py:3 at module level"
    )
    assert plain_line(words.place(Place("a.py", None, "f", Origin.OWN))) == "a.py"
    stdlib = Place("/usr/lib/python3.13/contextlib.py", 3, "f", Origin.LIBRARY)
    assert words.library(stdlib) == "contextlib"
    assert words.library(Place("<string>", 3, "__init__", Origin.LIBRARY)) == "generated code"


WAKES = [
    (Wake(WakeKind.STARTED, PARENT, START_SOON), "parent (1) started it at tasks.py:14"),
    (Wake(WakeKind.STARTED), "it has just been started"),
    (Wake(WakeKind.TASK, PARENT, START_SOON), "parent (1) woke it at tasks.py:14"),
    (Wake(WakeKind.TASK), "something woke it"),
    (Wake(WakeKind.ITSELF), "it only passed a checkpoint (it did not have to wait)"),
    (Wake(WakeKind.SLEEP), "its sleep ended"),
    (Wake(WakeKind.SLEEP, place=SLEEP), "its sleep at tasks.py:6 ended"),
    (Wake(WakeKind.SLEEP, place=SLEEP, seconds=0.3), "its sleep(0.3) at tasks.py:6 ended"),
    (Wake(WakeKind.DEADLINE), "a timeout expired"),
    (Wake(WakeKind.DEADLINE, place=SLEEP), "the timeout of tasks.py:6 expired"),
    (
        Wake(WakeKind.DEADLINE, place=SLEEP, seconds=90),
        "the timeout of tasks.py:6 (1 min 30 s) expired",
    ),
    (
        Wake(WakeKind.DEADLINE, place=SLEEP, detail="one within trio's open_tcp_stream"),
        "a timeout at tasks.py:6 expired (one within trio's open_tcp_stream)",
    ),
    (
        Wake(WakeKind.CANCELLED, PARENT, SLEEP, "enough"),
        "it was cancelled by parent (1) at tasks.py:6 (enough)",
    ),
    (Wake(WakeKind.CANCELLED), "it was cancelled"),
    (Wake(WakeKind.IO), "what it reads or writes became ready"),
    (Wake(WakeKind.THREAD), "a call from another thread woke it"),
    (Wake(WakeKind.IDLE), "nothing else could run (wait_all_tasks_blocked)"),
    (Wake(WakeKind.DEBUGGER), "you woke it"),
    (Wake(WakeKind.DEBUGGER, PARENT), "you woke it, by parent (1)"),
]


@pytest.mark.parametrize(("wake", "said"), WAKES)
def test_why(wake: Wake, said: str) -> None:
    assert plain_line(words.why(wake)) == said
    assert plain_line(words.because(wake)) == f"because {said}"


def test_every_wake_is_in_the_table_above() -> None:
    assert {wake.kind for wake, _ in WAKES} == set(WakeKind)


def test_what_nobody_recorded_is_said_to_be_so() -> None:
    assert plain_line(words.because(NOT_RECORDED)) == "what woke it was not recorded"
    assert plain_line(words.spawned(NOT_RECORDED)) == "not recorded"


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (Passed(0, 0), "no other task ran meanwhile"),
        (Passed(1, 1), "meanwhile 1 step of 1 other task ran"),
        (Passed(12, 2), "meanwhile 12 steps of 2 other tasks ran"),
    ],
)
def test_what_ran_meanwhile(passed: Passed, said: str) -> None:
    assert plain_line(words.passed(passed)) == said


def test_facts_of_a_scope() -> None:
    assert words.scope_facts(scope(1, None)) == ()
    told = words.scope_facts(scope(1, None, 0.5, shield=True, cancelled=True, reason="enough"))
    assert plain_line(told) == "deadline in 0.5 s, shielded, cancelled (enough)"
    assert plain_line(words.scope_facts(pictures.CANCELLED_OUTSIDE)) == "cancelled from outside"
