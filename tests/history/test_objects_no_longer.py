"""Notes about objects end where the recorder is switched off.

A file of its own: that of the other notes keeps a session, and two in one process share a run.
"""

from __future__ import annotations

from tests.harness import debugging

from .test_objects import PROGRAM


def test_notes_end_with_the_recorder() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do(f"break {dbg.line('notify_all')}")
        dbg.go("continue", line_mark="notify_all")
        dbg.do("set record off")
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        dbg.do("up")
        told = dbg.text("history board.news", 200).split("\n")
        assert len(told) == 2
        assert "notified by notifies" in told[0]
        assert told[1] == "nothing more is noted (`set record on`)"
