"""`scopes` and `threads` on a real run."""

from __future__ import annotations

from stepdbg.model.replies import Scopes, Threads
from tests.harness import debugging

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
