"""``pytest --stepdbg`` at a real terminal: tests that hang, and Ctrl-C."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import stepdbg
from tests.terminal import ENTER, PseudoTerminal

from .test_plugin import LOADED

CTRL_C = "\x03"
OURS = ("--stepdbg",)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

TESTS = """\
import threading
import pytest
import trio

def is_up():
    with open("/dev/tty", "w") as terminal:
        terminal.write("it is up\\n")

async def takes(one, other):
    async with one:
        await trio.lowlevel.checkpoint()
        async with other:
            pass

def test_deadlock():
    async def main():
        red, green = trio.Lock(), trio.Lock()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(takes, red, green)
            nursery.start_soon(takes, green, red)
    trio.run(main)

async def sleeps():
    while True:
        is_up()
        await trio.sleep(0.05)

def test_sleeps():
    trio.run(sleeps)

@pytest.mark.trio
async def test_sleeps_in_pytest_trio():
    await sleeps()

def test_does_not_yield():
    async def main():
        is_up()
        for _ in range(3):
            threading.Event().wait(3600)
    trio.run(main)

def test_no_trio():
    is_up()
    threading.Event().wait(3600)

def test_passes():
    trio.run(trio.sleep, 0)
"""


@contextmanager
def under_pytest(
    folder: Path, name: str, options: tuple[str, ...] = OURS
) -> Iterator[PseudoTerminal]:
    """That test and one that passes."""
    (folder / "test_it.py").write_text(TESTS)
    which = (f"test_it.py::{name}", "test_it.py::test_passes")
    without = ("-p", "no:cacheprovider", "-p", "no:xdist")
    with PseudoTerminal(
        [sys.executable, "-m", "pytest", *LOADED, *without, *options, *which],
        cwd=folder,
        environment={
            "HOME": str(folder),
            "PYTHONPATH": os.fspath(Path(stepdbg.__file__).parents[1]),
        },
    ) as terminal:
        yield terminal


def test_a_test_that_hangs_stops_at_its_deadlock(tmp_path: Path) -> None:
    with under_pytest(tmp_path, "test_deadlock") as terminal:
        terminal.wait_for("deadlock: no task can go on any more")
        terminal.wait_for_prompt()
        assert "takes#1" in "\n".join(terminal.do("why takes#1"))
        terminal.type("cancel takes#1" + ENTER)
        terminal.wait_for("(y or n)")
        terminal.type("y" + ENTER)
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "2 passed" in terminal.text


def wait_for_deadlock(terminal: PseudoTerminal, count: int) -> None:
    """Wait for the prompt of so many deadlocks."""
    said = "deadlock: no task can go on any more"
    terminal.wait_until(lambda: terminal.text.count(said) == count, f"deadlock {count}")
    terminal.wait_for_prompt()


def test_restart_begins_with_the_real_streams(tmp_path: Path) -> None:
    with under_pytest(tmp_path, "test_deadlock") as terminal:
        for begun in 1, 2:
            wait_for_deadlock(terminal, begun)
            terminal.type(("restart" if begun == 1 else "quit") + ENTER)
        assert terminal.wait_for_exit() == 2


def press_for(terminal: PseudoTerminal, halt: int) -> None:
    """Press Ctrl-C while the test runs; wait for the prompt of the halt of that number."""
    ups = terminal.text.count("it is up")
    terminal.wait_until(lambda: terminal.text.count("it is up") > ups, "a sign of life")
    terminal.type(CTRL_C)
    terminal.wait_until(lambda: terminal.text.count("halt: ") == halt, f"halt {halt}")
    terminal.wait_for_prompt()


@pytest.mark.parametrize("name", ["test_sleeps", "test_sleeps_in_pytest_trio"])
def test_ctrl_c_opens_the_prompt(name: str, tmp_path: Path) -> None:
    if "pytest_trio" in name:
        pytest.importorskip("pytest_trio")
    with under_pytest(tmp_path, name) as terminal:
        press_for(terminal, 1)
        assert "sleeps" in "\n".join(terminal.do("tasks"))
        assert "test_it.py" in "\n".join(terminal.do("where"))
        terminal.type("continue" + ENTER)
        press_for(terminal, 2)
        terminal.do("interrupt")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() != 0
        assert "KeyboardInterrupt" in terminal.text


def test_ctrl_c_is_answered_while_a_step_lasts(tmp_path: Path) -> None:
    with under_pytest(tmp_path, "test_does_not_yield") as terminal:
        terminal.wait_for("it is up")
        terminal.type(CTRL_C)
        terminal.wait_for("Ctrl-C again stops inside it")
        terminal.type(CTRL_C)
        terminal.wait_for_prompt()
        assert "main" in "\n".join(terminal.do("where"))
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 2


def test_ctrl_c_where_there_is_no_run_is_pytests(tmp_path: Path) -> None:
    with under_pytest(tmp_path, "test_no_trio") as terminal:
        terminal.wait_for("it is up")
        terminal.wait_until_main_waits()
        terminal.type(CTRL_C)
        assert terminal.wait_for_exit() == 2
        assert "KeyboardInterrupt" in terminal.text


def test_without_our_option_ctrl_c_is_pytests(tmp_path: Path) -> None:
    with under_pytest(tmp_path, "test_sleeps", options=()) as terminal:
        terminal.wait_for("it is up")
        terminal.type(CTRL_C)
        assert terminal.wait_for_exit() == 2
        assert "(stepdbg)" not in terminal.text
