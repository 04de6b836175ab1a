"""The prompt opens, whatever the program has done to the import system."""

from __future__ import annotations

import sys

import pytest

from tests.sealed.test_every_command import KINDS, PROGRAM
from tests.terminal import PseudoTerminal


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_prompt_opens_after_it(kind: str) -> None:
    """Nothing of a terminal has been imported when the damage is done."""
    command = [sys.executable, "-m", "stepdbg", "--pm", "--no-stop-on-failure", PROGRAM, kind]
    with PseudoTerminal([str(word) for word in command], rows=50) as terminal:
        terminal.wait_for_prompt()
        terminal.type("number + 4\r")
        terminal.wait_for("7")
        terminal.type("tsaks\r")
        terminal.wait_for("tasks")
        terminal.type("continue\r")
        terminal.wait_for("the program finds|6|")
        assert "bug in stepdbg" not in terminal.text
        assert terminal.wait_for_exit() == 0
