"""The line that tells how a run gets on, on a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepdbg.frontends.repl.status import StatusLine, text_of
from stepdbg.frontends.repl.terminal import Terminal
from stepdbg.model.steering import Progress
from tests.terminal import ENTER, PseudoTerminal

from .at_terminal import ROOT, user

PROGRAM = ROOT / "tests" / "programs" / "status" / "long.py"
LINE = re.compile(rb"\r\x1b\[Krunning: [\d.]+ s, [\d,]+ steps?, 2 tasks, (busy|idle)")

RUNNING = Progress(12.34, 4021, 5, busy=True)


@contextmanager
def long_run(home: Path, kind: str, *redirections: str) -> Iterator[PseudoTerminal]:
    """A run that is over when the files `one` and `two` are in `home`, at its first prompt."""
    command = [sys.executable, "-m", "stepdbg", os.fspath(PROGRAM), kind]
    files = [os.fspath(home / name) for name in ("one", "two")]
    shell = ["/bin/sh", "-c", f'exec "$0" "$@" {" ".join(redirections)}']
    with PseudoTerminal([*shell, *command, *files], cwd=ROOT, environment=user(home)) as terminal:
        terminal.wait_until(terminal.at_prompt, "the first prompt")
        yield terminal


def shown(terminal: PseudoTerminal) -> list[str]:
    """The words with which the lines end that have been shown so far."""
    return [found.decode() for found in LINE.findall(terminal.raw)]


def is_clear(terminal: PseudoTerminal) -> bool:
    """Whether nothing of the line is left on the screen."""
    return "running:" not in terminal.text


@pytest.mark.parametrize("kind", ["busy", "idle"])
def test_it_is_shown_until_the_next_stop_and_until_the_end(tmp_path: Path, kind: str) -> None:
    elsewhere = f">{tmp_path}/out", f"2>{tmp_path}/err"
    with long_run(tmp_path, kind, *elsewhere) as terminal:
        terminal.do("break reached")
        terminal.type("continue" + ENTER)
        terminal.wait_until(lambda: len(shown(terminal)) >= 3, "three lines")
        assert set(shown(terminal)) == {kind}
        assert sum("running:" in row for row in terminal.rows) == 1
        (tmp_path / "one").touch()
        terminal.wait_until(terminal.at_prompt, "the stop")
        assert is_clear(terminal), terminal.text
        terminal.do("clear 1")
        before = len(shown(terminal))
        terminal.type("continue" + ENTER)
        terminal.wait_until(lambda: len(shown(terminal)) > before, "the line again")
        (tmp_path / "two").touch()
        assert terminal.wait_for_exit() == 0
        assert is_clear(terminal), terminal.text
    assert (tmp_path / "out").read_text() == "begins\nreached one\nreached two\nends\n"
    assert "running:" not in (tmp_path / "err").read_text()


@pytest.mark.parametrize("place", ["", ">/dev/null", "2>/dev/null"])
def test_nothing_is_shown_where_the_program_may_write(tmp_path: Path, place: str) -> None:
    _runs_without(tmp_path, place)


def test_it_can_be_left_out(tmp_path: Path) -> None:
    _runs_without(tmp_path, ">/dev/null", "2>/dev/null", first="set status off")


def _runs_without(home: Path, *redirections: str, first: str = "set status") -> None:
    with long_run(home, "busy", *redirections) as terminal:
        terminal.do(first)
        at = len(terminal.raw)
        terminal.type("continue" + ENTER)
        end = time.monotonic() + 1.6  # a line would be shown after one second
        terminal.wait_until(lambda: time.monotonic() > end, "the time of a line")
        (home / "one").touch()
        (home / "two").touch()
        assert terminal.wait_for_exit() == 0
        assert b"running:" not in terminal.raw[at:]


@pytest.fixture
def device() -> Iterator[tuple[int, Terminal]]:
    """The far end of a pseudo-terminal that is nobody's standard output, and the near one."""
    master, slave = os.openpty()
    terminal = Terminal(os.ttyname(slave))
    try:
        yield master, terminal
    finally:
        terminal.close()
        os.close(slave)
        os.close(master)


def written(master: int) -> str:
    """All that was written to a pseudo-terminal until now."""
    found = b""
    while select.select((master,), (), (), 0.2)[0]:
        found += os.read(master, 65536)
    return found.decode()


def test_nothing_is_drawn_while_something_else_is_printed(device: tuple[int, Terminal]) -> None:
    master, terminal = device
    line = StatusLine(terminal)
    line.begin()
    line.show(RUNNING)
    with line.off_screen():
        terminal.write("one\n")
        line.show(RUNNING)
        with line.off_screen():  # a signal handler prints in between
            terminal.write("two\n")
        line.show(RUNNING)
        terminal.write("three\n")
    line.show(RUNNING)
    words = f"\r\x1b[K{text_of(RUNNING)}"
    assert written(master) == f"{words}\r\x1b[Kone\r\ntwo\r\nthree\r\n{words}"


def test_its_words() -> None:
    assert text_of(Progress(12.34, 4021, 5, True)) == "running: 12.3 s, 4,021 steps, 5 tasks, busy"
    assert text_of(Progress(None, None, 1, False)) == "running: 1 task, idle"
    assert text_of(Progress(1.0, 1, 1, False)) == "running: 1.0 s, 1 step, 1 task, idle"
