"""Steering by hand: what `await` asks, and `interact`, in a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frontends.at_terminal import debug
from tests.terminal import ENTER, PseudoTerminal, ctrl

PROGRAM = Path(__file__).parents[1] / "programs" / "steered.py"
QUESTION = "(y or n) "


def at_worker(terminal: PseudoTerminal) -> None:
    """Held at a worker's step; `gate` is what the waiter waits for, and main opens."""
    terminal.wait_for_prompt()
    for line in (
        "tbreak task worker#1",
        "continue",
        "step worker#1 2",
        "task waiter",
        "global gate; gate = event",
        "task worker#1",
    ):
        terminal.do(line)


def answer(terminal: PseudoTerminal, keys: str) -> str:
    """Await what needs the others, and answer the question; all that is shown of it."""
    before = terminal.prompts()
    terminal.type("await gate.wait(), 'opened'" + ENTER)
    terminal.wait_until(lambda: terminal.rows[terminal.screen.cursor.y] == QUESTION.rstrip(), "?")
    terminal.type(keys)
    terminal.wait_until(lambda: terminal.prompts() > before and terminal.at_prompt(), "answer")
    return terminal.text


@pytest.mark.parametrize(
    "keys", ["y" + ENTER, "n" + ENTER, "what" + ENTER + "y" + ENTER, ctrl("d")]
)
def test_what_needs_the_others_is_asked_about(tmp_path: Path, keys: str) -> None:
    with debug(tmp_path, PROGRAM) as terminal:
        at_worker(terminal)
        text = answer(terminal, keys)
        assert "it waits for Event.wait, and" in text
        assert "`y` lets them run" in text
        assert ("(None, 'opened')" in text) == ("y" in keys)
        assert ("given up" in text) == ("y" not in keys)
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "['cleaned up', 'one 3', 'two 3', 'waiter 0']" in terminal.text
        assert terminal.modes == terminal.modes_before


def test_interact_awaits_and_ctrl_d_returns(tmp_path: Path) -> None:
    with debug(tmp_path, PROGRAM) as terminal:
        at_worker(terminal)
        terminal.type("interact" + ENTER)
        terminal.wait_until(lambda: terminal.rows[terminal.screen.cursor.y] == ">>>", ">>>")
        terminal.type("x = await answer(20) + 1" + ENTER)
        terminal.type("x * 2" + ENTER)
        terminal.wait_until(lambda: "42" in terminal.transcript, "42")
        terminal.wait_until(lambda: terminal.rows[terminal.screen.cursor.y] == ">>>", ">>>")
        terminal.type(ctrl("d"))
        terminal.wait_for_prompt()
        assert "42" in terminal.do("p x * 2")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert terminal.modes == terminal.modes_before
