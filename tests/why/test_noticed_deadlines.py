"""A deadline that a scope notices itself, within a step, is a timeout and not a call."""

from __future__ import annotations

import pytest

from stepdbg.render.spans import plain
from stepdbg.render.stops import render_stop
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/noticed"

NOTICED = {"reads": "reads", "passing": "cancels"}
"""The task that notices the deadline of `reads` or `passing`, which is also the line's mark."""


def at(dbg: Debugging, mark: str) -> str:
    return f"noticed.py:{dbg.line(mark)}"


def shown(dbg: Debugging) -> str:
    return " ".join(plain(render_stop(dbg.shown, 200)).split())


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("kind", NOTICED)
def test_break_deadline_stops(kind: str, record: bool) -> None:
    by = NOTICED[kind]
    with debugging(PROGRAM, args=[kind], record=record) as dbg:
        dbg.do("break deadline")
        stop = dbg.go("continue", kind="breakpoint", task=by, line_mark=by)
        said = f"the timeout of {at(dbg, f'{kind}_limit')} (0.5 s) expires; inside: {kind} ("
        assert said in shown(dbg)
        told = dbg.text(f"why {kind}", 200)
        noticed = f"noticed by {stop.task} [{at(dbg, by)}]"
        assert f"is cancelled because its deadline passed, {noticed}" in told
        dbg.resume("continue")
        dbg.expect_end()


def test_break_cancel_tells_the_call_from_the_deadline_that_it_finds() -> None:
    with debugging(PROGRAM, args=["passing"], record=True) as dbg:
        dbg.do("break cancel")
        dbg.go("continue", kind="breakpoint", task="cancels")
        outer = f"cancel scope 1 at {at(dbg, 'passing_nursery')} is being cancelled"
        assert f"{outer}, because its cancel() was called" in shown(dbg)
        dbg.go("continue", kind="breakpoint", task="cancels")
        assert f"the timeout of {at(dbg, 'passing_limit')} (0.5 s) expires" in shown(dbg)
        assert "shielded" not in dbg.text("why passing", 200)
        assert "cancelled by its deadline" in dbg.text("log", 200).splitlines()[-1]
        dbg.resume("continue")
        dbg.expect_end()


def test_the_history_and_the_log_say_who_noticed_it() -> None:
    with debugging(PROGRAM, args=["reads"], record=True) as dbg:
        dbg.do(f"break {at(dbg, 'reads_late')}")
        stop = dbg.go("continue", kind="breakpoint", task="reads")
        said = f"its deadline passed, noticed by {stop.task} at {at(dbg, 'reads')}"
        assert said in dbg.text("history scope", 200)
        dbg.do(f"break {at(dbg, 'reads_end')}")
        dbg.go("continue", kind="breakpoint", task="reads")
        assert f"timeout of {at(dbg, 'reads')}" not in dbg.text("log", 200)
        assert "a timeout expired" in dbg.text("log", 200)
