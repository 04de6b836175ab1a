"""Steering by hand: what `await` asks, and `interact`, in a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.frontends.at_terminal import ROOT, debug, user
from tests.terminal import ENTER, PseudoTerminal, ctrl

PROGRAM = Path(__file__).parents[1] / "programs" / "steered.py"
TRACES = Path(__file__).parents[1] / "programs" / "traces.py"
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
    "keys", ["y" + ENTER, "n" + ENTER, "what" + ENTER + "y" + ENTER, ctrl("d"), ctrl("c")]
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


@pytest.mark.parametrize("key", [ctrl("c"), ctrl("d")])
def test_leaving_a_question_means_no(tmp_path: Path, key: str) -> None:
    with debug(tmp_path, PROGRAM) as terminal:
        at_worker(terminal)
        terminal.type("cancel waiter" + ENTER)
        terminal.wait_until(lambda: terminal.rows[terminal.screen.cursor.y] == "(y or n)", "?")
        terminal.type(key)
        terminal.wait_for("nothing was done")
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "'waiter 0'" in terminal.text


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
        terminal.wait_for("back at the debugger's prompt")
        terminal.wait_for_prompt()
        assert "42" in terminal.do("p x * 2")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert terminal.modes == terminal.modes_before


@pytest.mark.parametrize(
    ("words", "lines", "code"),
    [
        pytest.param((), ("continue",), 0, id="end"),
        pytest.param((), ("detach",), 0, id="detach"),
        pytest.param((), ("quit",), 125, id="quit"),
        pytest.param((), ("quit!",), 125, id="quit!"),
        pytest.param(("crash",), ("continue", "continue", "continue"), 1, id="crash"),
        pytest.param(("crash",), ("continue", "quit"), None, id="quit after a crash"),
    ],
)
def test_the_terminal_is_as_it_was(
    tmp_path: Path, words: tuple[str, ...], lines: tuple[str, ...], code: int | None
) -> None:
    command = [sys.executable, "-m", "stepdbg", str(TRACES), *words]
    with PseudoTerminal(
        command, columns=200, rows=40, cwd=ROOT, environment=user(tmp_path)
    ) as terminal:
        terminal.wait_for_prompt()
        for number, line in enumerate(lines, 1):
            if number < len(lines):
                terminal.do(line)
            else:
                terminal.type(line + ENTER)
        left_with = terminal.wait_for_exit()
        assert code is None or left_with == code
        assert terminal.modes == terminal.modes_before
        # What the program itself has seen, in its run and after it.
        seen = [row for row in terminal.transcript if row.startswith("modes")]
        expected = f"modes {terminal.modes_before[:4]}"
        assert set(seen) == (set() if lines[-1] == "quit!" else {expected})
