"""What is said of a program that only runs on: nothing but what went wrong, or was asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.frontends import children
from tests.terminal import ENTER, PROMPT, PseudoTerminal

from .at_terminal import ROOT, debug, user

PROGRAM = """
import trio

async def worker(number):
    await trio.sleep(0)
    print("out", number)  # line 6

async def main():
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(worker, number)

trio.run(main)
trio.run(main)
"""
DEADLOCK = """
import trio

async def main():
    lock = trio.Lock()
    await lock.acquire()
    event = trio.Event()
    await event.wait()

trio.run(main)
"""
STEPS = ROOT / "tests" / "programs" / "lints" / "steps.py"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def run(
    program: Path, *commands: str, options: tuple[str, ...] = (), given: bytes = b""
) -> tuple[list[str], list[str], int]:
    """What is on standard output, what on standard error, and the exit code."""
    words = [word for command in commands for word in ("-c", command)]
    done = children.run("-m", "stepdbg", *options, *words, program, given=given)
    return done.stdout.decode().splitlines(), done.stderr.decode().splitlines(), done.returncode


def printed(lines: list[str]) -> list[str]:
    return sorted(line for line in lines if line.startswith("out"))


AS_BARE = [f"out {number}" for number in (0, 0, 1, 1, 2, 2)]

RUN_ON: list[tuple[str, ...]] = [
    ("continue",),
    ("c", "c", "c"),
    ("break program.py:6, number > 5", "c", "c", "c"),
    ("tbreak worker, number > 5 ;; c", "c"),
    ("break program.py:6, number > 5", "alias go c", "go"),
    ("set lint all on", "set record-size 1000", "c"),
    ("break program.py:6", "commands 1", "silent", "c", "c"),
    ("break exception KeyError", "c"),
]


@pytest.mark.parametrize("commands", RUN_ON, ids=" ".join)
def test_a_program_that_runs_on_prints_what_it_prints(
    program: Path, commands: tuple[str, ...]
) -> None:
    out, errors, code = run(program, *commands)

    assert (sorted(out), errors, code) == (AS_BARE, [], 0)


@pytest.mark.parametrize("commands", RUN_ON, ids=" ".join)
def test_at_a_terminal(program: Path, tmp_path: Path, commands: tuple[str, ...]) -> None:
    words = [word for command in commands for word in ("-c", command)]
    with debug(tmp_path, program, *words) as terminal:
        assert terminal.wait_for_exit() == 0
        assert sorted(terminal.transcript) == AS_BARE


def test_all_of_it(program: Path) -> None:
    _, errors, _ = run(program, "continue", options=("-v",))

    assert any(line.startswith("start: step 1 of main") for line in errors)
    assert "(stepdbg) continue" in errors
    assert any(line.startswith("run 1 ended after") for line in errors)
    assert errors[-1] == "the program ended, exit code 0"


def test_stops_at_which_a_line_is_carried_out_are_shown_with_what_came_before(
    program: Path,
) -> None:
    out, errors, code = run(program, "break program.py:6", *["c"] * 7)

    assert (sorted(out), code) == (AS_BARE, 0)
    assert errors[0].startswith("(stepdbg) break program.py:6")
    assert not any(line.startswith("start: ") for line in errors)
    assert sum(line.startswith("breakpoint 1: ") for line in errors) == 6
    assert errors.count("(stepdbg) c") == 7


def test_a_stop_that_asks_shows_no_line_from_before(program: Path) -> None:
    _, errors, _ = run(program, "break program.py:6", "c", given=b"clear 1\nc\nc\n")

    assert errors[1].startswith("breakpoint 1: ")
    assert errors.count("(stepdbg) c") == 1


def test_a_stop_that_asks_is_shown_and_what_follows(program: Path) -> None:
    out, errors, code = run(
        program, "break program.py:6", "c", "c", given=b"p number\nclear\nc\nc\n"
    )

    text = "\n".join(errors)
    assert text.count("\nbreakpoint 1: ") == 2
    assert text.index("breakpoint 1: ") < text.index("(stepdbg) p number")
    assert text.endswith("the program ended, exit code 0")
    assert (sorted(out), code) == (AS_BARE, 0)


def test_a_stop_that_asks_at_a_terminal(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program, "-c", "break program.py:6", "-c", "c") as terminal:
        terminal.wait_for_prompt()
        assert "start: " not in terminal.text
        assert "breakpoint 1: program.py:6" in terminal.text
        assert "breakpoint 1 set" not in terminal.text
        assert terminal.do("p number in range(3)") == ["True"]


# -- what stays ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("break nosuch.py:3", "error: there is no file nosuch.py"),
        ("break later.work", "no function later.work is loaded yet: pending"),
        ("break task nobody", "no living task matches yet"),
        ("break worker, number >", "error: "),
        ("clear 7", "error: "),
    ],
)
def test_breakpoints_that_are_not_there(program: Path, command: str, said: str) -> None:
    out, errors, code = run(program, command, "c")

    assert (sorted(out), code) == (AS_BARE, 0)
    assert said in "\n".join(errors)
    assert all(line.startswith("stepdbg: ") for line in errors)


def test_a_condition_that_fails(program: Path) -> None:
    _, errors, _ = run(program, "break program.py:6, nosuch > 1", *["c"] * 7)

    assert any("NameError" in line for line in errors)


def test_a_deadlock(tmp_path: Path) -> None:
    path = tmp_path / "deadlock.py"
    path.write_text(DEADLOCK)

    _, errors, code = run(path, "continue", options=("--on-deadlock", "quit"))

    assert errors[0].startswith("stepdbg: deadlock")
    assert all(line.startswith("stepdbg: ") for line in errors)
    assert code == 125


def test_a_deadlock_while_commands_are_left(tmp_path: Path) -> None:
    path = tmp_path / "deadlock.py"
    path.write_text(DEADLOCK)

    _, errors, code = run(path, "continue", "quit")

    assert any(line.startswith("deadlock: ") for line in errors)
    assert errors.count("(stepdbg) quit") == 1
    assert not any(line.startswith("start: ") for line in errors)
    assert code == 125
    assert run(path, "continue", "quit", options=("-q",)) == ([], [], 125)


def test_a_program_without_trio(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text("print('out')\n")

    assert run(path, "continue") == (
        ["out"],
        ["stepdbg: the program ended without running Trio"],
        0,
    )


@pytest.mark.parametrize("options", [(), ("-q",), ("-v",)])
def test_lints_that_are_asked_for(options: tuple[str, ...]) -> None:
    words = ("-m", "stepdbg", *options, "-c", "set lint swallowed-cancel on", "-c", "continue")

    asked = children.run(*words, STEPS, "swallows")
    unasked = children.run("-m", "stepdbg", "-c", "continue", STEPS, "swallows")

    assert b"swallowed-cancel: " in asked.stderr
    assert (unasked.stdout, unasked.stderr) == (asked.stdout, b"")


def test_logs_and_lists_are_asked_for(program: Path) -> None:
    _, errors, _ = run(program, "break program.py:6, log 'at {number}'", "help detach", "c")

    assert sum("log: at " in line for line in errors) == 6
    assert any("detach" in line for line in errors)


# -- -q ------------------------------------------------------------------------------------------


def test_nothing_but_what_was_asked(program: Path) -> None:
    commands = ("break later.work", "p 6 * 7", "step", "p nosuch", "continue", "continue")

    out, errors, code = run(program, *commands, options=("-q",))

    assert (sorted(out), code) == (AS_BARE, 0)
    assert errors[0] == "42"
    assert "NameError" in " ".join(errors[1:])
    assert not any("(stepdbg)" in line or "runs because" in line for line in errors)


@pytest.mark.parametrize("file", [True, False])
def test_nothing_but_what_was_asked_from_a_file(
    program: Path, tmp_path: Path, *, file: bool
) -> None:
    lines = tmp_path / "lines"
    lines.write_text("break program.py:6\ncontinue\np number in range(3)\nclear 1\nc\nc\n")
    options = ("-q", "--commands", str(lines)) if file else ("-q",)

    out, errors, code = run(program, options=options, given=b"" if file else lines.read_bytes())

    assert (sorted(out), errors, code) == (AS_BARE, ["True"], 0)


def test_a_user_who_types_is_told_where_the_run_is(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program, "-q", "-c", "step") as terminal:
        terminal.wait_for_prompt()
        assert "step 1 of worker#" in terminal.text
        assert "step 1 of main (1)" not in terminal.text
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "ended after" not in terminal.text


# -- the recorder --------------------------------------------------------------------------------

RECORDED = """
import trio

async def main():
    await trio.sleep(0)
    breakpoint()

trio.run(main)
"""


def test_the_recorder_is_on_at_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "recorded.py"
    path.write_text(RECORDED)

    with debug(tmp_path, path, "-c", "continue") as terminal:
        terminal.wait_for_prompt()
        assert any("main" in row and "step" in row for row in terminal.do("log"))
    _, errors, _ = run(path, "continue", given=b"log\ncontinue\n")
    assert "not recorded" in " ".join(errors)


def test_a_pipe_behind_a_terminal(program: Path, tmp_path: Path) -> None:
    """As in ``python -m stepdbg -c continue prog.py | wc -l``."""
    shell = f"'{sys.executable}' -m stepdbg -c continue '{program}' | wc -l"
    environment = user(tmp_path) | {"PYTHONPATH": os.fspath(ROOT)}
    with PseudoTerminal(["/bin/sh", "-c", shell], environment=environment) as terminal:
        assert terminal.wait_for_exit() == 0
        assert [row.strip() for row in terminal.transcript] == [str(len(AS_BARE))]
        assert PROMPT not in terminal.text
