"""`break deadline`, `break cancel`, `break task X on cancel`: timeouts, not the ends of sleeps."""

from __future__ import annotations

import pytest

from stepdbg.render.spans import plain
from stepdbg.render.stops import render_stop
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/early_timeout"


def shown(dbg: Debugging) -> str:
    return " ".join(plain(render_stop(dbg.shown, 200)).split())


def at(dbg: Debugging, mark: str) -> str:
    return f"early_timeout.py:{dbg.line(mark)}"


def test_an_early_timeout_is_found_in_three_commands() -> None:
    with debugging(PROGRAM, args=["early"]) as dbg:
        dbg.do("break deadline")
        stop = dbg.go("continue", kind="breakpoint", task="Client.fetch")
        said = f"the timeout of {at(dbg, 'limit')} (0.0002 s) expires; inside: {stop.task}"
        assert said in shown(dbg)
        assert stop.cancelled is not None
        assert stop.cancelled.scope.seconds == 0.0002
        told = dbg.text("why", 200)
        assert told.startswith(f"{stop.task} sleeps at early_timeout.py:")
        assert f"{at(dbg, 'limit')} (0.0002 s) is cancelled because its deadline passed" in told
        assert "overdue" not in told
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize("line", ["break deadline", "break task *fetch on cancel"])
def test_the_mended_one_stops_nowhere(line: str) -> None:
    with debugging(PROGRAM, args=["mended"]) as dbg:
        dbg.do(line)
        dbg.resume("continue")
        dbg.expect_end()


def test_sleeps_with_a() -> None:
    with debugging(PROGRAM, args=["mended"]) as dbg:
        assert "deadline -a" in dbg.text("break deadline -a")
        seen = []
        while dbg.ended is None:
            dbg.resume("continue")
            try:
                seen.append(dbg.expect_stop().task)
            except AssertionError:
                assert dbg.ended is not None
        assert [None if each is None else each.short for each in seen] == [
            *["Client.fetch"] * 2,
            "Watchdog.bark",
        ]


def test_a_call_of_cancel() -> None:
    with debugging(PROGRAM, args=["mended"]) as dbg:
        dbg.do("break cancel")
        dbg.go("continue", kind="breakpoint", task="Watchdog.bark", line_mark="bark")
        scope = f"at {at(dbg, 'scope')} is being cancelled, because its cancel() was called"
        assert f"{scope}; inside: main (" in shown(dbg)
        told = dbg.text("why", 200)
        assert told.startswith("main (")
        assert f"is cancelled by {dbg.stop.task} [{at(dbg, 'bark')}]" in told
        assert dbg.text("why bark", 200).startswith(str(dbg.stop.task))
        dbg.do("task main")
        assert dbg.text("why", 200).startswith("main (")


def test_a_task_that_is_cancelled() -> None:
    with debugging(PROGRAM, args=["mended"]) as dbg:
        dbg.do("break task main on cancel")
        dbg.go("continue", kind="breakpoint", task="main", line_mark="forever")
        dbg.resume("continue")
        dbg.expect_end()


def test_a_nursery_that_fails() -> None:
    with debugging(PROGRAM, args=["group"]) as dbg:
        dbg.do("break cancel")
        dbg.go("continue", kind="breakpoint")
        scope = f"at {at(dbg, 'group')} is being cancelled, because its nursery failed"
        assert scope in shown(dbg)
        assert "sleep_forever (" in shown(dbg).partition("inside: ")[2]


def test_a_deadline_that_has_passed_before_its_scope_is_entered() -> None:
    with debugging(PROGRAM, args=["late"]) as dbg:
        dbg.do("break deadline")
        dbg.go("continue", kind="breakpoint", task="late", line_mark="late")
        assert f"the timeout of {at(dbg, 'late')} expires; inside: late (" in shown(dbg)


@pytest.mark.parametrize("line", ["break deadline x", "break cancel -b", "break idle -a"])
def test_what_does_not_stand_behind_the_word(line: str) -> None:
    with debugging(PROGRAM, args=["late"]) as dbg:
        assert "takes" in dbg.failure(line)
