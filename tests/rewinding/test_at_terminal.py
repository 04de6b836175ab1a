"""Going back at a real terminal: the run is as it was left, whatever happens in the past."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.frontends.at_terminal import ROOT, debug
from tests.leftovers import assert_nobody_is_left
from tests.terminal import ENTER, PseudoTerminal, ctrl

PROGRAM = ROOT / "tests" / "programs" / "back.py"
PAST = "(stepdbg: past)"


@pytest.fixture
def terminal(tmp_path: Path) -> PseudoTerminal:
    return debug(tmp_path, PROGRAM, columns=100)


def in_past(terminal: PseudoTerminal, line: str) -> list[str]:
    """Type a line that is answered in the past; the rows of the answer."""

    def prompts() -> list[int]:
        return [at for at, row in enumerate(terminal.transcript) if row.startswith(PAST)]

    before = len(prompts())
    terminal.type(line + ENTER)
    terminal.wait_until(
        lambda: len(prompts()) > before and terminal.rows[terminal.screen.cursor.y] == PAST,
        f"answer to {line}",
    )
    rows = terminal.transcript
    *_, begins, ends = [at for at, row in enumerate(rows) if row.startswith("(stepdbg")]
    return rows[begins + 1 : ends]


def at_present(terminal: PseudoTerminal, keys: str) -> None:
    """Do something that leads back to the present moment."""
    terminal.type(keys)
    terminal.wait_for_prompt()


def copies(terminal: PseudoTerminal) -> list[int]:
    """The processes of the terminal's session besides the program, the youngest one last."""
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii") as file:
                session = int(file.read().rpartition(")")[2].split()[3])
        except OSError:
            continue
        if session == terminal.process.pid != int(name):
            found.append(int(name))
    return sorted(found)


def the_run_goes_on(terminal: PseudoTerminal) -> None:
    """It is where it was left, and prints what it prints bare."""
    assert terminal.do("p seen, amount")[0] == "(0, 3)"
    terminal.type("continue" + ENTER)
    assert terminal.wait_for_exit() == 0
    for text in ("begins", "balance 3", "over"):
        assert [row for row in terminal.transcript if row == text] == [text]


def test_back_and_now_and_to_the_end(terminal: PseudoTerminal) -> None:
    with terminal:
        terminal.wait_for_prompt()
        terminal.do("break :main, disabled")
        terminal.do("display balance")
        assert "seen = balance" in "\n".join(terminal.do("step 6"))
        shown = "\n".join(in_past(terminal, "back"))
        assert "this is the past, before step 6 of 6" in shown
        assert "balance = 1" in shown
        assert in_past(terminal, "p seen, amount")[0] == "(0, 2)"
        assert "cannot be changed" in in_past(terminal, "balance = 7")[0]
        assert "cannot be changed" in in_past(terminal, "await trio.sleep(1)")[0]
        assert "cannot be changed" in in_past(terminal, "throw pay#3 ValueError()")[0]
        assert "off  main" in "\n".join(in_past(terminal, "break"))
        assert "before step 5 of 6" in "\n".join(in_past(terminal, "back"))
        assert "before step 6 of 6" in "\n".join(in_past(terminal, "step"))
        assert "before step 4 of 6" in "\n".join(in_past(terminal, "back pay#3"))
        at_present(terminal, f"goto now{ENTER}")
        assert "this is the present moment" in terminal.text
        the_run_goes_on(terminal)


def test_whatever_ends_the_past_leaves_the_run_alone(terminal: PseudoTerminal) -> None:
    with terminal:
        terminal.wait_for_prompt()
        terminal.do("step 6")
        in_past(terminal, "back 3")
        in_past(terminal, ctrl("c") + "p 1")  # at the prompt it is a key
        at_present(terminal, f"quit{ENTER}")
        assert "the past is closed" in terminal.text
        in_past(terminal, "goto 1")
        at_present(terminal, f"continue{ENTER}")
        assert "the past ends here" in terminal.text
        in_past(terminal, "goto 2")
        os.kill(copies(terminal)[-1], signal.SIGKILL)
        terminal.wait_for_prompt()
        assert "the past was ended by signal 9" in terminal.text
        in_past(terminal, "goto 2")
        os.kill(copies(terminal)[0], signal.SIGKILL)  # the copy, and not its child
        at_present(terminal, f"goto now{ENTER}")
        assert "no way back" in "\n".join(terminal.do("back"))
        the_run_goes_on(terminal)


def test_nobody_is_left_after_a_kill(terminal: PseudoTerminal) -> None:
    with terminal:
        terminal.wait_for_prompt()
        terminal.do("step 6")
        in_past(terminal, "back 3")
        assert len(copies(terminal)) == 2
        terminal.process.kill()
        terminal.process.wait()
        assert_nobody_is_left(terminal.process.pid)
