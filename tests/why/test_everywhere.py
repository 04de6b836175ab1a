"""`why` says the same wherever it is asked: the situation counts, not the kind of the stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdbg.archive.controller import ArchiveController
from stepdbg.archive.reading import open_dump
from stepdbg.archive.writing import write_dump
from stepdbg.commands.interpreter import Interpreter
from stepdbg.model.replies import Why
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/chain"


def told(dbg: Debugging) -> tuple[Why, str]:
    return dbg.reply("why waiter", Why), dbg.text("why waiter", 200)


@pytest.mark.parametrize("record", [True, False])
def test_at_every_kind_of_stop_and_in_a_dump(tmp_path: Path, record: bool) -> None:
    with debugging(PROGRAM, record=record) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        dbg.go("continue", kind="breakpoint")
        assert dbg.stop.in_step
        answers = {"line": told(dbg)}

        dbg.do("clear 1")
        dbg.do("break task main")
        dbg.go("continue", kind="breakpoint", task="main")
        assert not dbg.stop.in_step
        answers["step"] = told(dbg)

        dbg.do("clear 2")
        dbg.do("tbreak idle")
        dbg.go("continue", kind="breakpoint", task=None)
        dbg.resume("continue")
        dbg.do_running("halt")
        stop = dbg.expect_stop(kind="halt")
        answers["halt"] = told(dbg)

        path = tmp_path / "dump"
        dbg.call(lambda: write_dump(dbg.inspector, path, stop=stop))
    inspector = open_dump(str(path))
    interpreter = Interpreter(ArchiveController(inspector.picture))
    interpreter.begin_stop(inspector.stop(), inspector)
    (reply,) = interpreter.feed("why waiter").replies

    links = [link.task.short for link in answers["line"][0].explanations[0].links]
    assert links == ["waiter", "owner", "keeper"]
    assert answers["line"] == answers["step"] == answers["halt"]
    assert reply == answers["halt"][0]
    assert ("[since step" in answers["line"][1]) is record
