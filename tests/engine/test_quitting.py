"""Quitting runs the program's own cleanup, wherever it is held, and leaves nothing behind."""

from __future__ import annotations

import pytest

from stepdbg.model.stops import ProgramEnded, RunEnded
from tests.harness import Debugging, debugging

CLEANUP = {
    "with_finally": "finally ran",
    "with_resource": "resource closed",
    "with_shield": "shielded cleanup ran",
    "main": "main left",
}
"""What a task prints on its way out, once it has begun."""


def begun(dbg: Debugging) -> set[str]:
    """The living tasks that have taken a step."""
    tasks = dbg.call(dbg.inspector.tasks)
    return {each.label.short for each in tasks if each.steps > 0}


@pytest.mark.parametrize("steps", range(5))
def test_every_cleanup_that_has_something_to_clean_runs(
    steps: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging("cleanup") as dbg:
        for _ in range(steps):
            dbg.go("step")
        expected = sorted(CLEANUP[task] for task in begun(dbg))
        dbg.resume("quit")
        ended = dbg.expect_end(exit_code=125)
    out, err = capfd.readouterr()
    assert sorted(set(out.splitlines()) & set(CLEANUP.values())) == expected
    assert err == ""
    assert isinstance(ended.exception, SystemExit)
    assert ended.exception.__context__ is None


def test_the_run_and_the_program_say_how_they_ended() -> None:
    with debugging("cleanup") as dbg:
        dbg.go("step 4")
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)
    (run_ended,) = (event for event in dbg.events if isinstance(event, RunEnded))
    (program_ended,) = (event for event in dbg.events if isinstance(event, ProgramEnded))
    assert run_ended.outcome == "quit"
    assert program_ended.exit_code == 125


def test_no_breakpoint_stops_a_program_that_was_quit() -> None:
    with debugging("cleanup") as dbg:
        dbg.go("step 4")
        dbg.do("break task *")
        dbg.do("break task * on exit")
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)


def test_a_program_that_waits_is_quit_from_elsewhere() -> None:
    with debugging("idle") as dbg:
        dbg.resume("continue")
        dbg.controller.quit_soon()
        dbg.expect_end(exit_code=125)


@pytest.mark.parametrize(
    "asked", ["interrupt", "throw main ValueError", "cancel -y main", "interrupt\ninterrupt"]
)
@pytest.mark.parametrize("steps", [1, 3])
def test_it_counts_more_than_what_was_to_be_raised(
    steps: int, asked: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging("cleanup") as dbg:
        for _ in range(steps):
            dbg.go("step")
        for line in asked.splitlines():
            dbg.do(line)
        dbg.resume("quit")
        ended = dbg.expect_end(exit_code=125)
    assert capfd.readouterr().err == ""
    assert isinstance(ended.exception, SystemExit)


def test_no_later_run_begins() -> None:
    with debugging("two_runs") as dbg:
        dbg.go("step", task="first", step=2)
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)
    assert len([event for event in dbg.events if isinstance(event, RunEnded)]) == 1


def test_a_guest_ends_with_its_host(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("guest") as dbg:
        dbg.go("step", task="trio_main")
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)
    assert "trio is done" not in capfd.readouterr().out
