"""The prompt after the end of a program, at a terminal, and what is said without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontends.at_terminal import ROOT, user
from tests.terminal import ENTER, PseudoTerminal

PROGRAM = Path(__file__).parents[1] / "programs" / "ends_with_status.py"

INTERRUPTED = 1
"""Trio wraps the KeyboardInterrupt in a group."""


def debug(home: Path, how: str, *options: str, program: Path = PROGRAM) -> PseudoTerminal:
    command = [sys.executable, "-m", "stepdbg", *options, str(program), how]
    terminal = PseudoTerminal(command, columns=100, rows=60, cwd=ROOT, environment=user(home))
    terminal.wait_for_prompt()
    return terminal


def line_of(mark: str) -> int:
    lines = PROGRAM.read_text().splitlines()
    return next(at for at, line in enumerate(lines, 1) if line.endswith(f"# @mark {mark}"))


def bare(how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), how]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def shown(rows: list[str]) -> str:
    return " ".join(" ".join(rows).split())


@pytest.mark.parametrize(
    ("how", "status", "who"),
    [
        ("exits", 3, "ended: main (1) has ended the program"),
        ("interrupted", INTERRUPTED, "ended: main (1) has ended the program"),
        ("late", 4, "ended: the program, outside of any task"),
    ],
)
def test_any_bad_end_leaves_the_prompt(tmp_path: Path, how: str, status: int, who: str) -> None:
    with debug(tmp_path, how) as terminal:
        said = shown(terminal.do("continue"))
        assert who in said
        assert f"the program ends with status {status}" in said
        assert "run 1" not in shown(terminal.do("log 3"))
        assert "sibling" in shown(terminal.do("log"))
        assert "1" in shown(terminal.do("exceptions"))
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == status == bare(how).returncode


@pytest.mark.parametrize("how", ["exits", "interrupted"])
def test_tasks_are_those_that_lived_when_one_ended_the_program(tmp_path: Path, how: str) -> None:
    with debug(tmp_path, how) as terminal:
        terminal.do("continue")
        assert "sibling" in shown(terminal.do("tasks"))
        terminal.do("task sibling")
        assert "double = 42" in shown(terminal.do("locals"))
        assert shown(terminal.do("p double")) == "42"
        terminal.type("quit" + ENTER)
        terminal.wait_for_exit()


def test_the_last_run_tells_by_its_log_where_all_have_ended(tmp_path: Path) -> None:
    with debug(tmp_path, "late") as terminal:
        terminal.do("continue")
        assert "then returned" in shown(terminal.do("log"))
        assert "recording ceased" not in terminal.text
        assert "run 1 has ended; `log` says what its tasks did" in shown(terminal.do("tasks"))
        assert "sys.exit(4)" in shown(terminal.do("where"))
        assert "'late'" in shown(terminal.do("p sys.argv[1]"))
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 4


def test_an_exit_over_a_failure_shows_the_failure(tmp_path: Path) -> None:
    """Its message is said before the prompt, once; the first to fail is in view."""
    with debug(tmp_path, "over_failure", "--no-stop-on-failure") as terminal:
        said = shown(terminal.do("continue"))
        assert "post-mortem: main (1) was the first to fail" in said
        assert f"{PROGRAM.name}:{line_of('fails')}" in said
        assert "sibling" in shown(terminal.do("tasks"))
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == bare("over_failure").returncode == 1
        assert terminal.transcript.count("gave up") == 1
        assert "gave up" in bare("over_failure").stderr


def test_a_success_says_what_was_never_hit_and_ends(tmp_path: Path) -> None:
    with debug(tmp_path, "success") as terminal:
        terminal.do(f"break {PROGRAM.name}:{line_of('never')}")
        terminal.do("break task nobody")
        terminal.do(f"break {PROGRAM.name}:{line_of('sibling')}")
        terminal.do("continue")
        terminal.do("disable 2")
        terminal.do("break exception ZeroDivisionError")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        first = f"breakpoint 1 ({PROGRAM.name}:{line_of('never')})"
        never = f"{first}, breakpoint 4 (exception ZeroDivisionError)"
        assert f"note: never hit: {never}" in shown(terminal.transcript)
        assert "ends with status" not in terminal.text


def test_a_success_says_what_looks_wrong_in_one_line(tmp_path: Path) -> None:
    program = tmp_path / "spins.py"
    program.write_text(
        "import time, trio\n\nasync def main():\n    await trio.sleep(0)\n    time.sleep(0.2)\n"
        "    await trio.sleep(0)\n\ntrio.run(main)\n"
    )
    with debug(tmp_path, "", program=program) as terminal:
        terminal.do("set lint slow-step on")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        said = shown(terminal.transcript)
        assert "note: looks wrong: slow-step at spins.py:" in said
        assert "never hit" not in said


def test_a_success_without_either_says_nothing(tmp_path: Path) -> None:
    with debug(tmp_path, "success") as terminal:
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "note:" not in terminal.text
        assert terminal.text.endswith("done")


@pytest.mark.parametrize("how", ["exits", "late", "success"])
def test_leave_asks_nothing(tmp_path: Path, how: str) -> None:
    with debug(tmp_path, how) as terminal:
        terminal.do("set after-end leave")
        terminal.do("break task nobody")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == bare(how).returncode
        assert "ends with status" not in terminal.text
        assert "never hit: breakpoint 1" in terminal.text


def test_prompt_asks_after_a_success(tmp_path: Path) -> None:
    with debug(tmp_path, "success") as terminal:
        terminal.do("set after-end prompt")
        said = shown(terminal.do("continue"))
        assert "ended: the program, by itself" in said
        assert "the program ends with status 0" in said
        assert "then returned" in shown(terminal.do("log"))
        assert "nothing has failed" in shown(terminal.do("exceptions"))
        assert "needs a run that is alive" in shown(terminal.do("next"))
        for asked in "where", "p 1", "locals":
            assert "run 1 has ended; `log` says" in shown(terminal.do(asked))
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0


def test_another_value_is_refused(tmp_path: Path) -> None:
    with debug(tmp_path, "success") as terminal:
        refused = shown(terminal.do("set after-end never"))
        assert "after-end is `auto`, `prompt` or `leave`, not never" in refused
        terminal.type("quit" + ENTER)
        terminal.wait_for_exit()


@pytest.mark.parametrize(("leave", "status"), [("quit", 125), ("quit!", 125), ("detach", 4)])
def test_nobody_is_asked_after_leaving(tmp_path: Path, leave: str, status: int) -> None:
    with debug(tmp_path, "late") as terminal:
        terminal.do("break task nobody")
        terminal.type(leave + ENTER)
        assert terminal.wait_for_exit() == status
        assert "ends with status" not in terminal.text
        assert "never hit" not in terminal.text


def test_a_program_that_ran_no_trio_is_not_asked_about(tmp_path: Path) -> None:
    program = tmp_path / "early.py"
    program.write_text("import sys, trio\nbreakpoint()\nsys.exit('no run')\n")
    with debug(tmp_path, "", program=program) as terminal:
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 1
        assert terminal.text.endswith("no run")


def test_restart_from_there(tmp_path: Path) -> None:
    with debug(tmp_path, "late") as terminal:
        terminal.do("continue")
        assert "start: step 1 of main (1)" in shown(terminal.do("restart"))
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 125


def test_without_a_terminal_nobody_is_asked(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stepdbg", "-c", "break task nobody", "-c", "continue"]
    done = subprocess.run(
        [*command, "-c", "log", str(PROGRAM), "late"],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 4
    assert "ended:" not in done.stdout
    assert "never hit" not in done.stdout + done.stderr
