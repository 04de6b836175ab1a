"""A stop is short: what it says is new, and there is no more of it than the user wants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.model import replies as r
from stepdbg.model.facts import TaskNumber
from stepdbg.model.stops import STOP_LINES, Passed, Stop, StopKind
from stepdbg.model.task import Wake, WakeKind
from stepdbg.render.spans import plain, plain_line
from stepdbg.render.text import render_reply

from .pictures import CHILD_1, CHILD_2, HIT, LISTING, PARENT, REPLIES, SLEEP, STOP

LONG = replace(
    CHILD_2, name="package.module.Class.a_method_with_a_long_name", number=TaskNumber(1234567)
)
USUAL = r.Telling()
PLAIN = [
    replace(STOP, kind=kind, task=task, hits=hits, in_step=in_step, passed=passed, wake=wake)
    for kind, hits, in_step in (
        (StopKind.STEP, (), False),
        (StopKind.NEXT, (), True),
        (StopKind.BREAKPOINT, (HIT,), True),
    )
    for task in (CHILD_2, LONG)
    for passed in (None, Passed(4, 2))
    for wake in (STOP.wake, Wake(WakeKind.TASK, LONG, SLEEP), None)
]


def said(stop: Stop, telling: r.Telling = USUAL, width: int = 80) -> list[str]:
    """Everything but the source."""
    shown = r.StopShown(stop, LISTING, telling=telling)
    lines = [plain_line(line) for line in render_reply(shown, width)]
    return lines[: -len(LISTING.lines)]


@pytest.mark.parametrize("stop", PLAIN)
def test_a_plain_stop_takes_at_most_six_lines_besides_the_source(stop: Stop) -> None:
    lines = said(stop)
    assert len(lines) <= STOP_LINES == 6, lines
    assert lines[-1] == "tasks.py:6 in child"


def test_what_matters_least_gives_way() -> None:
    stop = replace(STOP, kind=StopKind.BREAKPOINT, hits=(HIT,), passed=Passed(4, 2))
    roomy = said(stop, r.Telling(20))
    assert len(roomy) == 7
    assert [line for line in roomy if line not in said(stop)] == [
        "1 more runnable, 3 tasks, next deadline in 4 s"
    ]
    assert [line for line in said(stop) if line not in said(stop, r.Telling(5))] == [
        "meanwhile 4 steps of 2 other tasks ran"
    ]


def company(**changes: object) -> r.Company:
    known = r.Company(STOP.queue_length, STOP.task_count, STOP.time + (STOP.next_deadline or 0))
    return replace(known, **changes)  # type: ignore[arg-type] # by name


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (company(), None),
        (company(queue_length=2), "1 more runnable"),
        (company(task_count=2), "3 tasks"),
        (company(deadline=None), "next deadline in 4 s"),
        (company(deadline=99.0, task_count=7), "3 tasks, next deadline in 4 s"),
    ],
)
def test_only_what_was_not_so_at_the_stop_before(known: r.Company, told: str | None) -> None:
    before = said(STOP, r.Telling(20, known))
    assert before[3:-1] == ([] if told is None else [told])


def test_nothing_is_told_of_nobody() -> None:
    alone = replace(STOP, queue_length=0, task_count=1, next_deadline=None)
    assert said(alone)[3:-1] == []
    due = replace(STOP, queue_length=0, task_count=2, next_deadline=-0.0007)
    assert said(due)[3:-1] == ["2 tasks"]
    overdue = replace(STOP, queue_length=0, task_count=1, next_deadline=-0.5)
    assert said(overdue)[3:-1] == ["next deadline overdue by 0.5 s"]


@pytest.mark.parametrize("width", [30, 41, 80])
def test_the_current_line_is_wrapped_and_the_others_are_cut(width: int) -> None:
    words = [f"word{number}" for number in range(40)]
    source = f"    call({', '.join(words)})"
    listing = replace(LISTING, lines=(source, source), first=6, marked=6)
    lines = plain(render_reply(r.StopShown(STOP, listing), width)).split("\n")
    start = next(index for index, line in enumerate(lines) if "->" in line)
    told = " ".join(lines[start:-1])
    assert [word for word in words if word not in told] == []
    assert lines[-1].endswith("…")
    assert max(map(len, lines)) <= width


def test_a_cycle_is_told_once() -> None:
    deadlock = plain(render_reply(REPLIES["deadlock"], 200))
    assert deadlock.count("child#1 (4) waits for") + deadlock.count("child#1 (4) waits to") == 1
    assert f"{CHILD_1} and {PARENT} wait for each other" in deadlock
    assert "cancelling" not in deadlock  # its nursery has another child
    why = plain(render_reply(REPLIES["why"], 200))
    assert f"a deadlock: {CHILD_1} and {PARENT} wait for each other" in why
