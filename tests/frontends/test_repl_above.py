"""What is printed while a prompt is open goes above it, and signals of the program pass by."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal import ENTER, PseudoTerminal

from .at_terminal import ROOT, user

ASKS = """
import signal, sys, threading

from prompt_toolkit.completion import DummyCompleter

from stepdbg.frontends.repl.editor import (
    PromptEditor, drawn_session, page_session, row_session
)
from stepdbg.frontends.repl.highlight import InputLexer
from stepdbg.frontends.repl.history import CommandHistory, history_path
from stepdbg.frontends.repl.screen import Screen
from stepdbg.frontends.repl.terminal import Terminal
from stepdbg.model.stops import Note

terminal = Terminal()
screen = Screen(terminal)
history = CommandHistory(history_path())
if terminal.colours:
    session = drawn_session(
        terminal, history, DummyCompleter(), InputLexer((), ()), lambda _: False, lambda _: ()
    )
else:
    session = row_session(terminal, history, DummyCompleter())
editor = PromptEditor(terminal, session, page_session(terminal), history)
screen.above_prompt = editor.print_above

def news():
    with open(sys.argv[1]) as fifo:
        for line in fifo:
            screen.event(Note(line.strip()))

def alarm(number, frame):
    raise TimeoutError

signal.signal(signal.SIGALRM, alarm)
threading.Thread(target=news, daemon=True).start()
for _ in range(3):
    try:
        print("got", editor.read("(stepdbg) "))
    except TimeoutError:
        print("timed out")
"""


@pytest.fixture(params=["drawn", "row"])
def asking(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[PseudoTerminal, Path]]:
    """A child that reads three lines and prints what it is told meanwhile; its fifo."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = tmp_path / "asks.py"
    script.write_text(ASKS, encoding="utf-8")
    environment = user(tmp_path) | {"PYTHONPATH": str(ROOT)}
    if request.param == "row":
        environment["NO_COLOR"] = "1"
    command = [sys.executable, str(script), str(fifo)]
    with PseudoTerminal(command, environment=environment) as terminal:
        terminal.wait_for_prompt()
        yield terminal, fifo


def last_is(terminal: PseudoTerminal, row: str) -> Callable[[], bool]:
    """Whether the cursor stands in that row."""
    return lambda: terminal.rows[terminal.screen.cursor.y] == row


def test_news_appear_above_a_line_that_is_being_typed(
    asking: tuple[PseudoTerminal, Path],
) -> None:
    terminal, fifo = asking
    terminal.type("half a line")
    terminal.wait_until(last_is(terminal, "(stepdbg) half a line"), "the half")
    with open(fifo, "w", encoding="utf-8") as news:
        for number in (1, 2):
            print(f"news {number}", file=news, flush=True)
            terminal.wait_for(f"news {number}")
            terminal.wait_until(last_is(terminal, "(stepdbg) half a line"), "the half again")
    terminal.type(", and the rest" + ENTER)
    terminal.wait_for("got half a line, and the rest")
    assert [row for row in terminal.transcript if "news" in row] == terminal.transcript[:2]


def test_a_signal_handler_that_raises_gives_the_terminal_back(
    asking: tuple[PseudoTerminal, Path],
) -> None:
    terminal, _ = asking
    terminal.type("half")
    terminal.wait_until(last_is(terminal, "(stepdbg) half"), "the half")
    os.kill(terminal.process.pid, signal.SIGALRM)
    terminal.wait_for("timed out")
    terminal.wait_for_prompt()
    terminal.type("whole" + ENTER)
    terminal.wait_for("got whole")


def test_an_interrupt_from_elsewhere_clears_the_line(
    asking: tuple[PseudoTerminal, Path],
) -> None:
    terminal, _ = asking
    terminal.type("half")
    terminal.wait_until(last_is(terminal, "(stepdbg) half"), "the half")
    os.kill(terminal.process.pid, signal.SIGINT)
    terminal.wait_for_prompt()
    terminal.type("whole" + ENTER)
    terminal.wait_for("got whole")
