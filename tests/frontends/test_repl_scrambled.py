"""Others print at the terminal, too: what is typed is whole again, and no line is continued."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from tests.terminal import BACKSPACE, ENTER, LEFT, PROMPT, PseudoTerminal, ctrl

from .at_terminal import ROOT, user

PRINTS = ROOT / "tests" / "programs" / "prints_meanwhile.py"
SHAPES = pytest.mark.parametrize("shape", [{}, {"NO_COLOR": "1"}], ids=["drawn", "row"])
ALL_SHAPES = pytest.mark.parametrize(
    "shape", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["drawn", "row", "plain"]
)


@contextmanager
def told(
    tmp_path: Path, how: str, shape: dict[str, str]
) -> Iterator[tuple[PseudoTerminal, TextIO]]:
    """The program at its first stop, and where it is told what to print."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with (
        shown(tmp_path, how, str(fifo), shape=shape) as terminal,
        open(fifo, "w", encoding="utf-8", buffering=1) as tells,
    ):
        terminal.wait_for_prompt()
        yield terminal, tells


def shown(tmp_path: Path, *arguments: str, shape: dict[str, str]) -> PseudoTerminal:
    command = [sys.executable, "-m", "stepdbg", str(PRINTS), *arguments]
    return PseudoTerminal(command, rows=40, environment=user(tmp_path) | dict(shape))


def stands(terminal: PseudoTerminal, row: str) -> Callable[[], bool]:
    """Whether the cursor is in this row, and the toolbar below it is whole, if there is one."""

    def look() -> bool:
        y = terminal.screen.cursor.y
        below = terminal.rows[y + 1]
        return terminal.rows[y] == f"{PROMPT} {row}".rstrip() and (
            not below or below.startswith(" main (1) ")
        )

    return look


@SHAPES
@pytest.mark.parametrize("how", ["thread", "child"])
@pytest.mark.parametrize(
    "news", ["tick|", "one|two|three|", "a long line " * 9 + "|", "unfinished"]
)
def test_the_next_key_makes_the_line_whole(
    tmp_path: Path, how: str, shape: dict[str, str], news: str
) -> None:
    line = news if how == "thread" else news.replace("|", "\\n")
    with told(tmp_path, how, shape) as (terminal, tells):
        terminal.type("p 'zq")
        terminal.wait_until(stands(terminal, "p 'zq"), "the half")
        before = len(terminal.raw)
        print(line, file=tells)
        arrived = news.replace("|", "\r\n").encode()
        terminal.wait_until(lambda: arrived in terminal.raw[before:], "the news")
        terminal.type("x")
        terminal.wait_until(stands(terminal, "p 'zqx"), "the whole line")
        terminal.type(LEFT + BACKSPACE + "y'" + ctrl("e") + BACKSPACE + ENTER)
        terminal.wait_for("\n'zy'")


@SHAPES
def test_ctrl_l_makes_the_line_whole(tmp_path: Path, shape: dict[str, str]) -> None:
    with told(tmp_path, "thread", shape) as (terminal, tells):
        terminal.type("p 'zq")
        terminal.wait_until(stands(terminal, "p 'zq"), "the half")
        before = len(terminal.raw)
        print("one|two|thr", file=tells)
        terminal.wait_until(lambda: b"two\r\nthr" in terminal.raw[before:], "the news")
        terminal.type(ctrl("l"))
        terminal.wait_until(stands(terminal, "p 'zq"), "the whole line")
        assert shape or terminal.screen.cursor.y == 0  # an empty screen


def test_a_statement_of_several_lines(tmp_path: Path) -> None:
    with told(tmp_path, "thread", {}) as (terminal, tells):
        terminal.type("for n in 1, 2:" + ENTER + "print(n)")
        terminal.wait_for("print(n)")
        before = len(terminal.raw)
        print("tick|", file=tells)
        terminal.wait_until(lambda: b"tick\r\n" in terminal.raw[before:], "the news")
        terminal.type(" ")
        y = terminal.screen.cursor.y
        terminal.wait_until(
            lambda: (
                terminal.rows[terminal.screen.cursor.y - 1].startswith(f"{PROMPT} for n")
                and terminal.rows[terminal.screen.cursor.y].endswith("print(n)")
            ),
            f"both lines from {y}",
        )
        terminal.type(ENTER + ENTER + ENTER)
        terminal.wait_for("\n1\n2")


@ALL_SHAPES
def test_no_line_of_the_program_is_continued(tmp_path: Path, shape: dict[str, str]) -> None:
    with shown(tmp_path, "nobody", "", shape=shape) as terminal:
        terminal.wait_for_prompt()
        for _ in range(4):
            terminal.do("step")
        terminal.do("!print('typed', end='')")
        terminal.do("!print('whole')")
        terminal.do("p print('asked', end='')")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        rows = terminal.transcript
    for row in ("unfinished", "x" * 79, "finished", "typed", "whole", "asked"):
        assert rows.count(row) == 1, terminal.text
    after = rows.index("unfinished") + 1
    assert any(row.startswith("step 3 ") for row in rows[after : after + 2])


@ALL_SHAPES
def test_no_line_is_left_empty_without_need(tmp_path: Path, shape: dict[str, str]) -> None:
    with shown(tmp_path, "nobody", "", shape=shape) as terminal:
        terminal.wait_for_prompt()
        assert terminal.do("p 1") == ["1"]
        assert terminal.do("tasks")[0] == "1 task"
        (first, *rest) = terminal.do("step")
        assert first == ""
        assert "" not in rest


ENDS = (
    "sys.stderr.write('unfinished')\n",
    "stepdbg: the program ended without running Trio",
)
SIGNALS = """import os, signal, stepdbg
stepdbg.install()
print('unfinished', end='', flush=True)
os.kill(os.getpid(), signal.SIGUSR1)
os._exit(0)
"""
ASKS_BY_A_SIGNAL = (SIGNALS, "stepdbg: no Trio run is under way in this process")


@pytest.mark.parametrize(("code", "said"), [ENDS, ASKS_BY_A_SIGNAL], ids=["ends", "signal"])
def test_text_without_a_prompt(tmp_path: Path, code: str, said: str) -> None:
    """The terminal is only where errors go."""
    program = tmp_path / "program.py"
    program.write_text(f"import sys\n{code}")
    command = [sys.executable, "-m", "stepdbg", "-c", "continue", str(program)]
    with PseudoTerminal(command, environment=user(tmp_path)) as terminal:
        assert terminal.wait_for_exit() == 0
        assert terminal.transcript == ["unfinished", said]
