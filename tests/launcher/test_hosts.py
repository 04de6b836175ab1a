"""A quit in a process that was not started under stepdbg ends one run; the host goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import ROOT, user
from tests.terminal import ENTER, PseudoTerminal

HOSTS = Path(__file__).parents[1] / "programs" / "hosts_runs.py"

PLACES = ("task", "thread", "outside", "start", "shown")


def host(where: str, *lines: str, under: tuple[str, ...] = ()) -> tuple[list[str], int]:
    """What the host prints, and its status, with these lines at its stops."""
    given = "".join(f"{line}\n" for line in lines).encode()
    child = children.run(*under, HOSTS, where, given=given)
    assert b"bug" not in child.stderr, child.stderr
    return child.stdout.decode().splitlines(), child.returncode


@pytest.mark.parametrize("where", PLACES)
def test_it_goes_on_after_each_quit(where: str) -> None:
    printed, status = host(where, "quit", "quit", "quit")
    interrupted = [line for line in printed if line.startswith("interrupted")]
    assert interrupted == [f"interrupted {number} False" for number in range(3)]
    assert not any("went on" in line for line in printed)
    assert printed[-1] == "the host ends"
    assert status == 0
    if where in ("task", "thread"):
        assert sum("cleaned up" in line for line in printed) == 3


@pytest.mark.parametrize("where", PLACES)
def test_what_runs_later_is_debugged(where: str) -> None:
    printed, status = host(where, "quit", "continue", "quit")
    kept = [line for line in printed if not line.startswith(("cleaned", "shown"))]
    assert kept == ["interrupted 0 False", "went on 1", "interrupted 2 False", "the host ends"]
    assert status == 0


@pytest.mark.parametrize("where", PLACES)
def test_under_stepdbg_the_program_ends(where: str) -> None:
    commands = ("-m", "stepdbg", "-c", "continue", "-c", "quit")
    printed, status = host(where, under=commands)
    assert status == 125
    assert "the host ends" not in printed


def test_at_once_ends_the_process_everywhere() -> None:
    assert host("task", "quit!") == ([], 125)


def test_at_pythons_prompt(tmp_path: Path) -> None:
    """As in IPython: the prompt shows the interrupt, and takes the next line."""
    (tmp_path / "ask.py").write_text(
        "import trio, stepdbg\nasync def main():\n    stepdbg.set_trace()\n    return 6 * 7\n"
    )
    prompt = "import code; code.interact(banner='here')"
    with PseudoTerminal(
        [sys.executable, "-c", prompt],
        columns=80,
        rows=40,
        cwd=tmp_path,
        environment=user(tmp_path) | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
    ) as terminal:
        terminal.wait_for(">>>")
        for number in ("one", "two"):
            terminal.type("import ask, trio; trio.run(ask.main)\n")
            terminal.wait_until(terminal.at_prompt, "prompt")
            terminal.type("quit" + ENTER)
            terminal.wait_until(lambda: terminal.text.rstrip().endswith("\n>>>"), "its prompt")
            terminal.type(f"print('still', 'here', '{number}')\n")
            terminal.wait_for(f"\nstill here {number}")
        assert terminal.text.count("\nKeyboardInterrupt") == 2
        terminal.type("exit()\n")
        assert terminal.wait_for_exit() == 0
