"""What stands in variables is told apart without any code of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.dumps import dump_of
from tests.harness import debugging

LOOKING = (
    *("tasks", "tasks -a", "tree", "queue", "timers", "scopes", "waits", "threads", "threads -a"),
    *("why -a", "why -v sleeps", "where -A", "where in_block", "deadlock", "lints", "log", "stats"),
    *("locals", "locals -a", "task sleeps", "locals", "up", "task main", "history send"),
    *("history lock", "history asked", "whatis asked", "exceptions", "nursery", "timeline 5"),
)
"""Commands that show something; `p` is none of them, since it calls `repr` for its user."""


@pytest.mark.parametrize("recorded", [False, True])
def test_looking_runs_no_code_of_objects(tmp_path: Path, *, recorded: bool) -> None:
    with debugging("tests/programs/edge/asked") as dbg:
        if recorded:
            dbg.do("record on")
            dbg.do("set history all on")
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint", line_mark="look")
        ran = {}
        for command in LOOKING:
            dbg.do(command)
            ran[command] = dbg.text("p RAN[:5]")
            dbg.do("!RAN.clear()")
        dump_of(dbg, tmp_path / "asked.dump")
        ran["a dump"] = dbg.text("p RAN[:5]")
        assert {command: those for command, those in ran.items() if those != "[]"} == {}
