"""Other tools hold the ids of sys.monitoring."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "programs" / "edge" / "tools.py"

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no such ids")

REFUSED = "error: line events need a sys.monitoring tool id"

STEPDBG = ("-m", "stepdbg", "--output", "stdout", "-v")


def line(mark: str) -> int:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.endswith(f"# @mark {mark}"))


def run(taken: str, *commands: str, record: bool = True) -> list[str]:
    options = [word for command in commands for word in ("-c", command)]
    options += () if record else ("--no-record",)  # which has an id that it lends
    done = subprocess.run(
        [sys.executable, *STEPDBG, *options, str(PROGRAM), *taken],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a bug in stepdbg" not in done.stderr
    assert "end 1 5" in done.stdout
    return done.stdout.splitlines()


def refused(shown: list[str]) -> int:
    return sum(text.startswith(REFUSED) for text in shown)


@pytest.mark.parametrize("command", ["next", "next 3", "into", "into -a", "return", "until"])
def test_all_are_taken(command: str) -> None:
    shown = run("012345", "step", command, "tasks", "continue", record=False)
    assert refused(shown) == 1
    assert any("main" in text for text in shown[shown.index("(stepdbg) tasks") :])


def test_what_needs_none_goes_on() -> None:
    shown = run("012345", "step", "break task main on exit", "continue", "continue")
    assert refused(shown) == 0
    assert any(text.startswith("breakpoint 1: task main on exit") for text in shown)


@pytest.mark.parametrize("free", range(6))
def test_one_that_is_free_is_enough_for_steps_on_lines(free: int) -> None:
    shown = run("012345".replace(str(free), ""), "step", "next", "into", "continue")
    assert refused(shown) == 0
    assert f"tools.py:{line('next')} in main" in shown


@pytest.mark.parametrize("free", ["01", "12", "25", "34", "40"])
def test_two_that_are_free_are_enough_for_breakpoints(free: str) -> None:
    taken = "".join(sorted({*"012345"} - {*free}))
    at = f"break tools.py:{line('next')}"
    shown = run(taken, "step", at, "break :later", "continue", "continue", "continue")
    assert refused(shown) == 0
    assert sum(text.startswith("breakpoint 2: ") for text in shown) == 1


@pytest.mark.parametrize("taken", ["012345", "12345", "02345"])
def test_a_breakpoint_that_is_refused_is_not_set(taken: str) -> None:
    at = f"break tools.py:{line('next')}"
    commands = ("step", at, "break :later", "break exception KeyError", "break", "continue")
    shown = run(taken, *commands, record=False)
    assert refused(shown) >= 2
    assert not any("tools.py:" in text for text in shown[shown.index("(stepdbg) break") + 1 :])


@pytest.mark.parametrize("command", ["next", "into", f"until {line('next')}"])
def test_they_are_taken_after_the_first_breakpoint(command: str) -> None:
    at = f"break tools.py:{line('taken')}"
    shown = run(
        "012345", at, "continue", command, "break :later", "continue", "p 6 * 7", "continue"
    )
    assert refused(shown) == 0
    assert f"tools.py:{line('next')} in main" in shown
    assert "42" in shown


def test_what_notes_deeds_lends_its_id() -> None:
    """It had one before the program took the others."""
    shown = run("012345", "step", "next", "break :later", "continue", "continue")
    assert refused(shown) == 1  # `next` has got that one; new code cannot be discovered
    assert f"tools.py:{line('next')} in main" in shown
