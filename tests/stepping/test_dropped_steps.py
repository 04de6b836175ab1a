"""`continue` at a stop outside of the tasks drops the step that a run is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postmortem.test_after_the_end import after

THREAD = """\
import trio


def work():
    breakpoint()
    print("worked")


async def waits(pause):
    await trio.to_thread.run_sync(pause)
    print("main 2")
    await trio.sleep(0)
    print("main 3")


trio.run(waits, work)
"""

HANDLER = """\
import signal

import trio


def handler(*_):
    breakpoint()
    print("worked")
    trio.lowlevel.current_trio_token().run_sync_soon(over.set)


class RaisesWhenIdle(trio.abc.Instrument):
    def before_io_wait(self, timeout):
        if over.statistics().tasks_waiting:
            signal.raise_signal(signal.SIGALRM)
            trio.lowlevel.remove_instrument(self)


async def waits():
    await over.wait()
    print("main 2")
    await trio.sleep(0)
    print("main 3")


over = trio.Event()
signal.signal(signal.SIGALRM, handler)
trio.run(waits, instruments=[RaisesWhenIdle()])
"""

ANOTHER_THREAD = """\
import threading

import trio

wanted, over = threading.Event(), threading.Event()


def work():
    wanted.wait()
    breakpoint()
    print("worked")
    over.set()


def asks():
    wanted.set()
    over.wait()


async def waits():
    await trio.to_thread.run_sync(asks)
    print("main 2")
    await trio.sleep(0)
    print("main 3")


threading.Thread(target=work).start()
trio.run(waits)
"""


@pytest.mark.parametrize("step", ["next", "step waits 9", "into", "return", "until"])
def test_after_a_stop_in_a_worker_thread(step: str, tmp_path: Path) -> None:
    program = tmp_path / "thread.py"
    program.write_text(THREAD)
    done = after("", "break 10", "continue", step, "continue", options=(), program=program)
    assert done.stdout.count("which works for waits (1)") == 1
    assert "(stepdbg) continue\nworked\nmain 2\nmain 3\n" in done.stdout
    assert done.returncode == 0


def test_a_breakpoint_still_stops_the_run(tmp_path: Path) -> None:
    program = tmp_path / "thread.py"
    program.write_text(THREAD)
    commands = ("break 10", "break 12", "continue", "next", "continue", "continue")
    done = after("", *commands, options=(), program=program)
    assert "(stepdbg) continue\nworked\nmain 2\n\nbreakpoint 2" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("step", ["next", "step waits 9"])
def test_after_lines_in_the_thread(step: str, tmp_path: Path) -> None:
    program = tmp_path / "thread.py"
    program.write_text(THREAD)
    commands = ("break 10", "continue", step, "next", "next", "continue")
    done = after("", *commands, options=(), program=program)
    assert "thread.py:6 in work" in done.stdout
    assert done.returncode == 0


ELSEWHERE = {
    "a signal handler": (
        HANDLER,
        "break 20",
        "between two steps of run 1, which is held with it\n",
    ),
    "a thread of no run": (ANOTHER_THREAD, "break 21", "in thread"),
}


@pytest.mark.parametrize("step", ["next", "step waits 9"])
@pytest.mark.parametrize("where", ELSEWHERE)
def test_after_a_stop_elsewhere(where: str, step: str, tmp_path: Path) -> None:
    text, first, heading = ELSEWHERE[where]
    program = tmp_path / "elsewhere.py"
    program.write_text(text)
    done = after("", first, "continue", step, "continue", options=(), program=program)
    assert heading in done.stdout
    assert "(stepdbg) continue\nworked\nmain 2\nmain 3\n" in done.stdout
    assert done.returncode == 0
