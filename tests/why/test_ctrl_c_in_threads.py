"""Ctrl-C where Trio runs on another thread than the main one, at a real terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.frontends.at_terminal import ROOT, user
from tests.terminal import ENTER, PseudoTerminal

PROGRAM = ROOT / "tests" / "programs" / "why" / "ctrl_c_threads.py"
CTRL_C = "\x03"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")


@contextmanager
def running(home: Path, which: str, *before: str, up: str = "up 2") -> Iterator[PseudoTerminal]:
    with PseudoTerminal(
        [sys.executable, "-m", "stepdbg", os.fspath(PROGRAM), which],
        columns=80,
        rows=40,
        cwd=ROOT,
        environment=user(home),
    ) as terminal:
        terminal.wait_for_prompt()
        for line in (*before, "continue"):
            terminal.type(line + ENTER)
        terminal.wait_for(up)
        yield terminal


def press(terminal: PseudoTerminal) -> None:
    """Press Ctrl-C while the main thread waits."""
    terminal.wait_until_main_waits()
    terminal.type(CTRL_C)


def wait_for_halt(terminal: PseudoTerminal, number: int) -> None:
    told = "halt: nothing is runnable"
    terminal.wait_until(lambda: terminal.text.count(told) == number, f"halt {number}")
    terminal.wait_for_prompt()


@pytest.mark.parametrize("which", ["idle", "sleeps", "turns"])
def test_halts_the_run(which: str, tmp_path: Path) -> None:
    """The main thread waits for a lock or sleeps; its wait is not interrupted."""
    with running(tmp_path, which) as terminal:
        for halts, line in enumerate(("continue", "continue", "quit!"), 1):
            terminal.wait_until(lambda: terminal.modes == terminal.modes_before, "running")
            press(terminal)
            wait_for_halt(terminal, halts)
            terminal.type(line + ENTER)
        assert terminal.wait_for_exit() == 125
        assert "KeyboardInterrupt" not in terminal.text
        assert "main is" not in terminal.text


def test_a_second_one_is_the_main_threads(tmp_path: Path) -> None:
    """The step does not end, so the run cannot be halted."""
    with running(tmp_path, "hogs", "set record on") as terminal:
        press(terminal)
        terminal.wait_for("hogs (1) has not yielded for ")
        terminal.wait_for("Ctrl-C again interrupts the main thread")
        press(terminal)
        terminal.wait_for("main is interrupted")
        assert "stepdbg/" not in terminal.text


def test_left_to_the_program(tmp_path: Path) -> None:
    with running(tmp_path, "idle", "set ctrl-c program") as terminal:
        press(terminal)
        terminal.wait_for("main is interrupted")
        assert "halt:" not in terminal.text


def test_handlers_of_the_programs_own_stay(tmp_path: Path) -> None:
    with running(tmp_path, "own_handler") as terminal:
        press(terminal)
        terminal.wait_for("mine")
        assert "halt:" not in terminal.text


def test_the_main_thread_has_its_handler_back(tmp_path: Path) -> None:
    with running(tmp_path, "ends", up="as before: ") as terminal:
        terminal.wait_for("as before: True")


def test_detach_gives_it_back_at_once(tmp_path: Path) -> None:
    with running(tmp_path, "idle") as terminal:
        press(terminal)
        wait_for_halt(terminal, 1)
        terminal.type("detach" + ENTER)
        terminal.wait_for("runs on")
        press(terminal)
        terminal.wait_for("main is interrupted")
