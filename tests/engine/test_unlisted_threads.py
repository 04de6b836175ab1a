"""A thread that `threading` has not started stays unknown to it."""

from __future__ import annotations

import pytest

from stepdbg.model.stops import RunStarted
from tests.debuggee import Program
from tests.harness import debugging

NOBODY = "in the run: []\nafter it: []\n"


def test_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Program.load("unlisted_thread").run([], None)
    assert capsys.readouterr().out == NOBODY


def test_not_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("unlisted_thread", record=False) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
        (began,) = (event for event in dbg.events if isinstance(event, RunStarted))
        assert began.thread.isdecimal()
    assert capsys.readouterr().out == NOBODY


def test_stopped_in_the_run_and_outside(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("unlisted_thread") as dbg:
        for mark in "in the run", "after it":
            dbg.do(f"break {dbg.program.path}:{dbg.program.line(mark)}")
        for mark in "in the run", "after it":
            dbg.go("continue", kind="breakpoint", line_mark=mark)
            for command in "where", "tasks", "runs":
                dbg.do(command)
        dbg.resume("continue")
        dbg.expect_end()
    assert capsys.readouterr().out == NOBODY
