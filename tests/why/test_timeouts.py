"""Time has woken a task: its own sleep or a timeout around it, and which; recorder or not."""

from __future__ import annotations

import re

import pytest

from stepdbg.model.replies import Scopes
from stepdbg.model.task import Wake, WakeKind
from stepdbg.render.spans import plain
from stepdbg.render.stops import render_stop
from tests.harness import Debugging, debugging

from .trio_says import TELLS

PROGRAM = "tests/programs/why/timeouts"

ENDED = {
    "connect": "the timeout of <connect> (0.02 s) expired",
    "fetch": "the timeout of <fetch> (0.025 s) expired",
    "poll": "its sleep(0.01) at <poll wait> ended",
    "backoff": "its sleep(0.01) at <backoff wait> ended",
    "product": "the timeout of <product> (0.01 s) expired",
    "absolute": "the timeout of <absolute> expired",
    "group": "the timeout of <group timeout> (0.01 s) expired",
    "shielded": "the timeout of <near> (0.01 s) expired",
}
"""By the task's function, what has woken it, with the marks of lines."""


def placed(dbg: Debugging, sentence: str) -> str:
    """A sentence with the lines that its marks stand for."""
    return re.sub("<(.*?)>", lambda mark: f"timeouts.py:{dbg.line(mark[1])}", sentence)


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("kind", ENDED)
def test_which_of_sleep_and_timeout(kind: str, record: bool) -> None:
    if not (TELLS or record):
        pytest.skip("before Trio 0.31 a Cancelled does not say that it was a deadline")
    with debugging(PROGRAM, args=[kind], record=record) as dbg:
        until_woken_by_time(dbg, kind)
        wanted = placed(dbg, ENDED[kind])
        assert wanted in dbg.text(f"task *{kind}", 200)
        assert f"runs because {wanted}" in " ".join(shown(dbg))
        if record:
            told = re.search(r"woken for step \d+: (.*)", dbg.text(f"log *{kind}", 200))
            assert told is not None
            slept = "sleep" in wanted
            assert told[1].startswith("its sleep at" if slept else "a timeout expired"), told[1]


@pytest.mark.parametrize("kind", ["poll", "backoff", "fetch"])
def test_a_sleep_that_ended_is_no_cancellation(kind: str) -> None:
    if not TELLS:
        pytest.skip("before Trio 0.31 a Cancelled does not say that it was a deadline")
    with debugging(PROGRAM, args=[kind]) as dbg:
        until_woken_by_time(dbg, kind)
        told = dbg.text(f"why *{kind}", 200)
        assert ("is cancelled" in told) == ("sleep" not in ENDED[kind])


def until_woken_by_time(dbg: Debugging, kind: str) -> None:
    """Go on to the step for which a sleep or a timeout wakes the task of a method."""
    dbg.do(f"break task Client.{kind}")
    wake = None
    while wake is None or wake.kind not in (WakeKind.SLEEP, WakeKind.DEADLINE):
        stop = dbg.go("continue", kind="breakpoint")
        wake = stop.wake if isinstance(stop.wake, Wake) else None


def shown(dbg: Debugging) -> list[str]:
    return plain(render_stop(dbg.shown, 200)).splitlines()


WAITS = {
    "connect": "none could set it; the timeout of <connect> (0.02 s) ends it in *",
    "fetch": "sleeps at <fetch wait>, to wake in *; the timeout of <fetch> (0.025 s) ends it in *",
    "poll": "sleeps at <poll wait>, to wake in *",
    "backoff": "sleeps at <backoff wait>, to wake in *",
}


@pytest.mark.parametrize("kind", WAITS)
def test_which_deadline_a_wait_ends_with(kind: str) -> None:
    with debugging(PROGRAM, args=[kind]) as dbg:
        dbg.do("break task main")
        dbg.go("continue", kind="breakpoint", step=2)
        told = dbg.text(f"why *{kind}", 300)
        wanted = re.escape(placed(dbg, WAITS[kind])).replace(r"\*", ".*")
        assert re.search(wanted + r"( [\[(].*)?(\n|$)", told), told
        assert ("the timeout" in told) == ("the timeout" in WAITS[kind])


def test_scopes_of_trio_have_no_line_of_their_own() -> None:
    with debugging(PROGRAM, args=["fetch"]) as dbg:
        dbg.do("break task main")
        dbg.go("continue", kind="breakpoint", step=2)
        around = dbg.reply("scopes *fetch", Scopes).around
        assert [scope.seconds for owner, scope in around if "fetch" in owner.name] == [0.025]
        assert "cancel scope" not in dbg.text("tree", 200).partition("fetch")[2].partition("\n")[0]
        assert dbg.text("tree", 200).count("cancel scope") == 1


def test_scopes_and_task_groups_of_anyio_have_their_lines() -> None:
    with debugging(PROGRAM, args=["group"]) as dbg:
        until_woken_by_time(dbg, "group")
        around = dbg.reply("scopes *group", Scopes).around
        own = [scope for owner, scope in around if "group" in owner.name]
        marks = [None if each.place is None else dbg.program.mark(each.place.line) for each in own]
        assert marks == ["group timeout", "group"]
        assert [each.seconds for each in own] == [0.01, None]
        assert "not recorded" not in dbg.text("timers", 200)
