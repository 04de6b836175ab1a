"""`scopes` and `threads` on a real run."""

from __future__ import annotations

import re

import pytest

from stepdbg.model.replies import Scopes, Threads
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/scopes"


def test_scopes_of_a_task_and_of_those_above_it() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        around = dbg.reply("scopes child", Scopes).around
        lines = [scope.place.line if scope.place else None for _, scope in around]
        assert lines[-3:] == [dbg.line("outer"), dbg.line("nursery"), dbg.line("shield")]
        assert [owner.short for owner, _ in around][-3:] == ["main", "main", "child"]
        assert around[-1][1].shield
        shown = dbg.text("scopes child", 120)
        assert "shielded" in shown
        inner = [scope.place.line for _, scope in dbg.reply("scopes", Scopes).around if scope.place]
        assert inner == [dbg.line("outer"), dbg.line("nursery"), dbg.line("inner")]
        dbg.resume("continue")
        dbg.expect_end()


def test_threads() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        (thread,) = dbg.reply("threads", Threads).threads
        assert thread.task is not None
        assert thread.task.name == "trio.to_thread.run_sync"
        own = [place for place in thread.stack if place.function == "dig"]
        assert [place.line for place in own] == [dbg.line("dig")]
        assert "thread dig from" in dbg.text("threads")
        dbg.resume("continue")
        dbg.expect_end()


def numbers(dbg: Debugging, *listings: str) -> dict[str, list[int]]:
    """The numbers in some listings, which are asked for in this order."""
    found = {}
    for line in listings:
        found[line] = [int(each) for each in re.findall(r"scope (\d+)", dbg.text(line, 200))]
    return found


LISTINGS = ("tree", "timers", "scopes nested", "scopes shielded", "scopes victim")


@pytest.mark.parametrize("first", range(len(LISTINGS)))
def test_numbers_of_scopes_do_not_depend_on_what_was_shown_first(first: int) -> None:
    with debugging("scopes") as dbg:
        dbg.do(f"break {dbg.line('after cancel')}")
        dbg.go("continue", kind="breakpoint")
        shown = numbers(dbg, *LISTINGS[first:], *LISTINGS[:first])
    assert shown["scopes nested"] == [1, 2, 3, 4]
    assert shown["scopes shielded"] == [1, 5, 6]  # that of `trio.sleep` is a part of the wait
    assert shown["scopes victim"][0] == 1


def test_scopes_that_come_later_have_the_numbers_that_follow() -> None:
    with debugging("scopes") as dbg:
        dbg.do("tbreak task victim")
        dbg.go("continue", kind="breakpoint")
        before = numbers(dbg, *LISTINGS)
        dbg.go(f"until {dbg.line('victim wait')}", task="victim")
        after = numbers(dbg, *LISTINGS)
    assert after["scopes nested"] == before["scopes nested"]
    assert after["scopes victim"][-1] > max(number for each in before.values() for number in each)


RUNNING = {
    "plain": ["plain", "plain inner"],
    "nursery": ["nursery", "nursery inner"],
    "group": ["group", "group inner"],
    "by_name": [None, "by_name"],  # the other one stands in no `with`
    "unknown": [None, None],  # which of two it is nobody can tell
}
"""By the method: the marks of the scopes around the line that raises."""


@pytest.mark.parametrize("kind", RUNNING)
def test_scopes_of_a_task_that_runs_have_their_lines(kind: str) -> None:
    with debugging("tests/programs/why/running_scopes", args=[kind]) as dbg:
        dbg.do("break exception ValueError")
        stop = dbg.go("continue", kind="breakpoint", line_mark="raises")
        assert stop.task is not None
        around = dbg.reply("scopes", Scopes).around
        own = [scope for owner, scope in around if owner == stop.task]
        marks = [None if each.place is None else dbg.program.mark(each.place.line) for each in own]
        assert marks == RUNNING[kind]
        if kind == "plain":
            assert [each.seconds for each in own] == [40, 20]


def test_the_scope_of_a_nursery_that_fails_at_its_end_has_its_line() -> None:
    program = "tests/programs/why/early_timeout"
    with debugging(program, args=["group"], stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure")
        around = dbg.reply("scopes group", Scopes).around
        assert [scope.place and dbg.program.mark(scope.place.line) for _, scope in around][-1:] == [
            "group"
        ]
