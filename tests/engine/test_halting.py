"""Halting: at once when nothing is runnable, else before the next step."""

from __future__ import annotations

import pytest

from stepdbg.model.replies import Failure, Message, TaskList
from tests.harness import Debugging, debugging


def running(dbg: Debugging, line: str) -> object:
    """The single reply of a line while the program runs."""
    (reply,) = dbg.do_running(line).replies
    return reply


def test_a_program_that_waits() -> None:
    with debugging("idle") as dbg:
        dbg.resume("continue")
        assert isinstance(running(dbg, "halt"), Message)
        stop = dbg.expect_stop(kind="halt")
        (waiting,) = dbg.call(dbg.inspector.tasks)
        # It may not have come to its wait when it heard of the halt.
        assert str(waiting.state) == ("blocked" if stop.task is None else "current")


def test_a_program_in_its_wait(capfd: pytest.CaptureFixture[str]) -> None:
    """`break idle` tells when it has come there."""
    with debugging("idle") as dbg:
        dbg.do("tbreak idle")
        dbg.go("continue", task=None)
        dbg.resume("continue")
        running(dbg, "halt")
        dbg.expect_stop(kind="halt", task=None)
        (waiting,) = dbg.call(dbg.inspector.tasks)
        assert str(waiting.state) == "blocked"
    assert capfd.readouterr().out == "listening\n"


@pytest.mark.parametrize(("program", "stops"), [("ping_pong", 0), ("timeout", 1)])
def test_idle_is_no_stop_when_all_is_over(program: str, stops: int) -> None:
    """What Trio does after the main task's end waits, too, but for nothing of the program."""
    with debugging(program) as dbg:
        dbg.do("break idle")
        for _ in range(stops):
            dbg.go("continue", kind="breakpoint", task=None)
        dbg.resume("continue")
        dbg.expect_end()


def test_a_program_that_is_busy() -> None:
    with debugging("busy", record=False) as dbg:
        dbg.go("step", task="worker")
        dbg.resume("continue")
        running(dbg, "halt")
        stop = dbg.expect_stop(kind="halt", task="worker", line_mark="busy")
        assert stop.step >= 2
        dbg.resume("continue")
        running(dbg, "halt")
        assert dbg.expect_stop(kind="halt").step >= stop.step


def test_halting_twice_stops_once() -> None:
    with debugging("busy", record=False) as dbg:
        dbg.resume("continue")
        running(dbg, "halt")
        running(dbg, "halt")
        dbg.expect_stop(kind="halt")
        assert dbg.call(dbg.inspector.run).state == "stopped"
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)


def test_a_running_program_can_be_looked_at() -> None:
    with debugging("busy", record=False) as dbg:
        dbg.go("step", task="worker")
        dbg.resume("continue")
        tasks = running(dbg, "tasks")
        assert isinstance(tasks, TaskList)
        assert tasks.total == 3


def test_a_breakpoint_set_on_a_running_program_counts() -> None:
    with debugging("busy", record=False) as dbg:
        dbg.go("step", task="worker")
        dbg.resume("continue")
        dbg.do_running("break task worker")
        dbg.expect_stop(kind="breakpoint", task="worker")


@pytest.mark.parametrize("line", ["step", "p 1", "locals", "up", "continue"])
def test_what_needs_a_stop_says_so(line: str) -> None:
    with debugging("busy", record=False) as dbg:
        dbg.resume("continue")
        failure = running(dbg, line)
        assert isinstance(failure, Failure)
        assert "halt" in failure.text + failure.way_out


def test_the_wake_up_by_a_halt_is_not_the_programs() -> None:
    with debugging("idle", record=True) as dbg:
        dbg.do("tbreak idle")
        dbg.go("continue", task=None)
        dbg.resume("continue")
        running(dbg, "halt")
        dbg.expect_stop(kind="halt", task=None)
        assert dbg.text("waits", 200).startswith("trio.run waits for the first of these")
        assert "TrioToken" not in dbg.text("log", 200)
        assert "woken for step 2: you woke it" in dbg.text("log -a", 200)
        assert "current: no task" in dbg.text("queue")
        assert "current: <TrioToken" in dbg.text("queue -a")
