"""Where Trio or the program calls code of ours: what fails there is ours, and is told as ours."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from unittest import mock

import pytest

import stepdbg
from stepdbg.engine.breaking import line_breaks
from stepdbg.engine.histories import noting
from stepdbg.engine.linting import lost_generators, lost_locks
from stepdbg.engine.linting.never_awaited import NeverAwaited
from stepdbg.engine.noticing import failing
from stepdbg.engine.noticing.ctrl_c import CtrlC
from stepdbg.engine.noticing.events import RunEvents
from stepdbg.engine.noticing.watches import Watches
from stepdbg.engine.recording import counting, origins, waking
from stepdbg.engine.recording.recorder import Recorder
from stepdbg.engine.running.run import DebuggedRun
from stepdbg.engine.scheduling.run_queue import RunQueue
from stepdbg.engine.waiting.deadlocks import DeadlockWatch
from stepdbg.launcher import pausing
from stepdbg.launcher.standby import StandBy
from stepdbg.launcher.wiring import Wiring
from tests.harness import debugging

LINES = "tests/programs/guards/lines"
FAILS = "tests/programs/guards/fails"
OBJECTS = "tests/programs/guards/objects"
IMPORTS = "tests/programs/guards/imports"
IMPORTS_IN_THREADS = "tests/programs/guards/imports_in_threads"
OUTPUT = {
    IMPORTS: "(0.0, 0.0, 0)\n",
    IMPORTS_IN_THREADS: "True\n",
    LINES: "36\n36\n",
    FAILS: "child failed\nblock failed\n",
    OBJECTS: "received 1\n",
}


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("ours")


PLACES: dict[str, tuple[str, list[str], object, str]] = {
    "the start of a run": (LINES, [], DebuggedRun, "__init__"),
    "the end of a run": (LINES, [], DebuggedRun, "finish"),
    "a spawn": (LINES, ["break task worker"], RunEvents, "on_spawn"),
    "a step": (LINES, [], RunEvents, "on_step"),
    "a task that blocks": (LINES, ["break task worker on block"], RunEvents, "on_step_done"),
    "a task that wakes": (LINES, ["break task worker on wake"], RunEvents, "on_wake"),
    "a slow step": (LINES, ["break slow 1ms"], RunEvents, "on_slow"),
    "an idle moment": (LINES, ["break idle"], RunEvents, "on_idle"),
    "an exit": (LINES, ["break task worker on exit"], RunEvents, "on_exit"),
    "a nursery that fails": (FAILS, ["break task nobody on fail"], failing, "on_failing"),
    "a cancellation": (FAILS, ["break cancel"], Watches, "_hit_by_cancel"),
    "recording a wake": (LINES, [], waking, "who_woke"),
    "recording a wait": (LINES, [], counting, "where_blocked"),
    "recording an exit": (LINES, [], Recorder, "_on_exited"),
    "the clock": (LINES, [], DeadlockWatch, "_may_be_stuck"),
}

AT_ONCE = ("the start of a run", "a step", "recording a wait")
"""Those that fail before the first stop."""


@pytest.mark.parametrize("place", PLACES)
def test_a_fault(place: str, capfd: pytest.CaptureFixture[str]) -> None:
    program, commands, owner, name = PLACES[place]
    with mock.patch.object(owner, name, broken), debugging(program) as dbg:
        if place not in AT_ONCE:
            for command in commands:
                dbg.do(command)
            dbg.resume("continue")
        dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == OUTPUT[program]
    assert "a bug in stepdbg, not in your program" in err
    assert "ZeroDivisionError: ours" in err


def test_the_import_of_trio(capfd: pytest.CaptureFixture[str]) -> None:
    wiring = Wiring(lambda: broken())  # type: ignore[arg-type,return-value]  # makes none
    wiring._attach()
    assert wiring.session is None
    assert "a bug in stepdbg, not in your program, while getting ready for Trio" in (
        capfd.readouterr().err
    )


def test_set_trace(capfd: pytest.CaptureFixture[str]) -> None:
    with mock.patch.object(pausing, "_wiring", broken):
        stepdbg.set_trace()
    assert "a bug in stepdbg, not in your program, while getting ready for a stop" in (
        capfd.readouterr().err
    )


def test_ctrl_c(capfd: pytest.CaptureFixture[str]) -> None:
    with mock.patch.object(CtrlC, "_answer", broken):
        CtrlC(mock.Mock())._handle(signal.SIGINT, None)
    assert "a bug in stepdbg, not in your program, while answering Ctrl-C" in (
        capfd.readouterr().err
    )


@pytest.mark.usefixtures("all_in_sight")  # else functions of the harness are new as well
def test_new_code(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging(IMPORTS) as dbg:
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('imported')}, 0")
        with mock.patch.object(line_breaks.LineBreaks, "found", broken):
            dbg.resume("continue")
            dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == OUTPUT[IMPORTS]
    assert err.count("a bug in stepdbg, not in your program, while looking at new code") == 1


@pytest.mark.usefixtures("all_in_sight")
def test_new_code_in_several_threads_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    all_there = threading.Barrier(3)

    def broken_when_three_are_there(*_: object) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            all_there.wait(5)
        raise ZeroDivisionError("ours")

    with debugging(IMPORTS_IN_THREADS) as dbg:
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('imported')}, 0")
        with mock.patch.object(line_breaks.LineBreaks, "found", broken_when_three_are_there):
            dbg.resume("continue")
            dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == OUTPUT[IMPORTS_IN_THREADS]
    assert err.count("a bug in stepdbg, not in your program, while looking at new code") == 1


def test_the_run_queue(capfd: pytest.CaptureFixture[str]) -> None:
    waiting = [mock.Mock(), mock.Mock()]
    queue = RunQueue(mock.Mock(runner=mock.Mock(runq=deque(waiting))), set(), broken)
    queue.ask(mock.Mock(next_pass=broken))
    assert list(queue) == waiting
    queue.clear()
    assert list(queue) == []
    err = capfd.readouterr().err
    assert err.count("a bug in stepdbg, not in your program, while choosing which task steps") == 1


NOTED: dict[str, tuple[object, str]] = {
    "noting where a channel was opened": (origins, "_note_here"),
    "noting what a run does": (noting, "_done_by"),
    "noting a lock that was not released": (lost_locks, "lost_lock"),
    "noting an unfinished async generator": (lost_generators, "lint_of"),
    "noting a coroutine that was never awaited": (NeverAwaited, "_note"),
}


@pytest.mark.parametrize("doing", NOTED)
@pytest.mark.filterwarnings("ignore:coroutine 'forgotten' was never awaited")
@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
def test_what_is_noted(doing: str, capfd: pytest.CaptureFixture[str]) -> None:
    owner, name = NOTED[doing]
    with mock.patch.object(owner, name, broken), debugging(OBJECTS, record=True) as dbg:
        dbg.do("set lint all on")
        dbg.resume("continue")
        dbg.expect_end()
        gc.collect()
    out, err = capfd.readouterr()
    assert out == OUTPUT[OBJECTS]
    assert f"a bug in stepdbg, not in your program, while {doing}" in err
    assert "ZeroDivisionError: ours" in err


def test_what_leaves_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    wiring = Wiring(lambda: broken())  # type: ignore[arg-type,return-value]  # makes none
    wiring._process = os.getpid()
    with mock.patch("stepdbg.launcher.wiring._trio_is_there", broken):
        assert wiring.post_mortem(ValueError("theirs"), asked=True) is None
    assert "a bug in stepdbg, not in your program, while looking at what left the program" in (
        capfd.readouterr().err
    )


def test_a_signal_that_asks_for_a_look(capfd: pytest.CaptureFixture[str]) -> None:
    standing = StandBy(lambda: None)
    standing._handle(signal.SIGUSR1, broken)
    assert "stepdbg could not look: ZeroDivisionError: ours" in capfd.readouterr().err
    assert not standing._busy, "the next signal is answered"


FORKS = """
import os
from types import SimpleNamespace
from stepdbg.engine.ending import ways_out

session = type("Session", (), {})()
session.out = SimpleNamespace(detached=False)
def broken(session):
    raise ZeroDivisionError("ours")
ways_out._leave_child = broken
ways_out.leave_forked_children(session)
child = os.fork()
if not child:
    os._exit(7)
print("the child gives", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_fork() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKS], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "the child gives 7\n"
    assert "a bug in stepdbg, not in your program, while leaving a forked child" in done.stderr
