"""A whole program with a deadlock: what ``--on-deadlock`` makes of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import ROOT, user
from tests.terminal import ENTER, PseudoTerminal

PROGRAM = Path(__file__).parents[1] / "programs" / "why" / "deadlocks.py"


def start(*options: str, which: str = "crossed") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "stepdbg", "--output", "stdout", *options, str(PROGRAM), which],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_quit() -> None:
    with start("--on-deadlock", "quit", "-c", "continue") as process:
        out, err = process.communicate(timeout=30)
    assert process.returncode == 125
    assert "stepdbg: deadlock: no task can go on any more" in err
    assert "waits for Lock `first`" in err
    assert "deadlock: no" not in out


def test_quit_when_the_cleanup_is_stuck_too() -> None:
    with start("--on-deadlock", "quit", "-c", "continue", which="behind_a_shield") as process:
        out, err = process.communicate(timeout=30)
    assert process.returncode == 125
    assert err.count("deadlock: no task can go on") == 1
    told = " ".join((out + err.replace("stepdbg: ", "")).split())
    assert "the cleanup could not end, so the program was ended without the rest of it" in told


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
@pytest.mark.parametrize("options", [(), ("--on-deadlock", "report")])
def test_reported_once_and_left_alone(options: tuple[str, ...]) -> None:
    with start(*options, "-c", "continue") as process:
        assert process.stderr is not None
        assert "deadlock" in process.stderr.readline()
        time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "no task can go on" not in err
    assert "KeyboardInterrupt" in err


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
@pytest.mark.parametrize("line", ["c", "cont", "# on we go\n  cont", "alias go cont ;; go"])
def test_the_input_stays_the_programs(line: str) -> None:
    commands = [part for each in line.split(" ;; ") for part in ("-c", each)]
    with start(*commands) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("tasks\nquit\n")
        process.stdin.flush()
        assert "deadlock" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode not in (0, 125)
    assert "(stepdbg) tasks" not in out


def test_stops_for_the_next_command() -> None:
    with start(
        "--on-deadlock", "stop", "-c", "continue", "-c", "deadlock", "-c", "quit"
    ) as process:
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 125
    assert out.count("deadlock: no task can go on any more") == 2


@pytest.mark.parametrize("last", ["quit", "q", "p 6 * 7"])
def test_stops_while_commands_are_left(last: str) -> None:
    """Also where they only let the program run on: the input is still the program's."""
    with start("-c", "continue", "-c", last) as process:
        out, err = process.communicate("p 'not read'\n", timeout=30)
    assert process.returncode == 125
    assert out.count("deadlock: no task can go on any more") == 1
    assert out.count("deadlock:") == 1, "the same news is told once"
    assert "deadlock" not in err
    if last.startswith("p "):
        assert "42\n" in out
    else:
        assert "not read" not in out


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_is_left_alone_when_the_last_command_lets_it_go_on() -> None:
    with start("-c", "continue", "-c", "continue") as process:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if "wait for each other" in " ".join(told.split()):  # lines may be broken anywhere
                break
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode not in (0, 125)
    assert "deadlock: no task" not in out + err


def test_unknown_word() -> None:
    with start("--on-deadlock", "explode") as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "say stop, report or quit" in err


def test_who_lets_it_go_on_is_told_how_to_come_back(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stepdbg", str(PROGRAM), "crossed"]
    with PseudoTerminal(
        command, columns=80, rows=40, cwd=ROOT, environment=user(tmp_path)
    ) as terminal:
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        terminal.wait_for("no task can go on any more")
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        terminal.wait_for("no task can go on by itself any more; Ctrl-C comes back to the prompt")
        terminal.type("\x03")
        terminal.wait_for("halt: nothing is runnable")


CROSSED = 1 + PROGRAM.read_text().splitlines().index("    first, second = trio.Lock(), trio.Lock()")


@pytest.mark.parametrize("given", ["continue\nwhy\nquit\n", "p 1 ;; continue\n\nquit\n"])
def test_a_command_read_at_a_breakpoint_makes_the_rest_of_the_input_commands(given: str) -> None:
    words = ("--output", "stdout", "-c", f"tbreak {CROSSED}", "-c", "continue")
    done = children.run("-m", "stepdbg", *words, PROGRAM, "crossed", given=given.encode())
    assert done.returncode == 125
    assert b"breakpoint" in done.stdout
    assert b"deadlock: no task can go on any more" in done.stdout
    assert b"deadlock" not in done.stderr


def test_input_from_which_no_command_was_read_belongs_to_the_program() -> None:
    options = ("--on-deadlock", "quit", "-c", f"break {CROSSED}", "-c", "commands 1")
    with start(*options, "-c", "silent", "-c", "continue", "-c", "continue") as process:
        out, err = process.communicate("quit\n", timeout=30)
    assert "deadlock: no task can go on any more" in err
    assert "(stepdbg)" not in out
