"""A pseudo-terminal with a screen, for tests that look at what a user would see.

Owns: starting a command in a pty, typing into it, waiting for what its screen shows, its size
and its modes.  Does not own: any knowledge of stepdbg beyond the text of its prompt.

    with PseudoTerminal([sys.executable, "-m", "stepdbg", "program.py"]) as terminal:
        terminal.wait_for("(stepdbg)")
        terminal.type("tasks\\r")

Nothing sleeps: every wait reads from the pty until the screen fits or the time is up.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

from tests.leftovers import assert_nobody_is_left

PROMPT = "(stepdbg)"
PATIENCE = 30.0
"""Seconds until a wait fails; generous, because a busy machine is not a defect."""

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
TAB, ENTER, BACKSPACE, ESCAPE = "\t", "\r", "\x7f", "\x1b"


def ctrl(letter: str) -> str:
    """What a terminal sends for Ctrl and a letter."""
    return chr(ord(letter.upper()) - 64)


# A new session has no controlling terminal until its leader takes one.  The command is started
# through this, and not through a fork of the test's own process, which may have threads.
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios;"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


_MARK = b"\x1b_the rest\x1b\\"


class PseudoTerminal:
    """A command in a pseudo-terminal of its own, and the screen that it draws.

    environment: set on top of the test's own; a value of None removes a variable.
    redirect: keyword arguments for `subprocess.Popen`, such as a stdin that is not a terminal.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str | None] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        stdin: int | None = None,
        stdout: int | None = None,
    ) -> None:
        self.raw = b""
        self.screen = _Screen(columns, rows, self._answer)
        self._stream = pyte.ByteStream(self.screen)
        self.master, self.slave = os.openpty()
        _set_size(self.slave, columns, rows)
        self.modes_before = termios.tcgetattr(self.slave)
        # The terminal is taken through descriptor 0, which may then be redirected.
        steps = [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL]
        self.process = subprocess.Popen(
            [*steps, *_redirected(command, stdin, stdout)],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            pass_fds=[one for one in (stdin, stdout) if one is not None],
            env=_environment(environment or {}),
            cwd=cwd,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # Looking

    @property
    def rows(self) -> list[str]:
        """The visible rows, without trailing blanks."""
        return [row.rstrip() for row in self.screen.display]

    @property
    def transcript(self) -> list[str]:
        """All rows, those that have scrolled away included, without empty ones at the end."""
        rows = self.screen.scrolled + self.rows
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def text(self) -> str:
        """The transcript as one string."""
        return "\n".join(self.transcript)

    @property
    def device(self) -> str:
        """The path of the terminal device."""
        return os.ttyname(self.slave)

    @property
    def modes(self) -> list[object]:
        """The attributes of the terminal at this moment (see `termios.tcgetattr`)."""
        return list(termios.tcgetattr(self.slave))

    def prompts(self) -> int:
        """How many prompts the transcript shows."""
        return sum(row.startswith(PROMPT) for row in self.transcript)

    # Typing

    def type(self, keys: str) -> None:
        """Send keys, all at once."""
        os.write(self.master, keys.encode())

    def do(self, line: str) -> list[str]:
        """Type a line at a prompt, wait for the next one; the rows in between."""
        before = self.prompts()
        self.type(line + ENTER)
        self.wait_until(lambda: self.prompts() > before and self.at_prompt(), f"answer to {line}")
        rows = self.transcript
        at = [number for number, row in enumerate(rows) if row.startswith(PROMPT)]
        return rows[at[before - 1] + 1 : at[before]]

    def at_prompt(self) -> bool:
        """Whether the cursor stands behind an empty prompt."""
        return self.rows[self.screen.cursor.y] == PROMPT

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the kernel tells the program by SIGWINCH."""
        self.screen.resize(rows, columns)
        _set_size(self.slave, columns, rows)

    # Waiting

    def wait_for(self, text: str) -> None:
        """Read until the transcript holds `text`."""
        self.wait_until(lambda: text in self.text, repr(text))

    def wait_for_prompt(self) -> None:
        """Read until the cursor stands behind an empty prompt."""
        self.wait_until(self.at_prompt, "a prompt")

    def wait_until(self, fits: Callable[[], bool], what: str) -> None:
        """Read until `fits` holds; fails with the screen when the time is up or all ended."""
        end = time.monotonic() + PATIENCE
        while not fits():
            left = end - time.monotonic()
            assert left > 0, f"no {what} within {PATIENCE} s:\n{self.text}"
            if not self._read(min(left, 0.1)) and self.process.poll() is not None:
                self.read_the_rest()
                assert fits(), f"ended without {what}:\n{self.text}"

    def wait_for_exit(self) -> int:
        """Read until the command has ended; its exit code, negative for a signal.

        Nobody of its session is left then.
        """
        self.wait_until(lambda: self.process.poll() is not None, "exit")
        self.read_the_rest()
        assert_nobody_is_left(self.process.pid)
        return self.process.returncode

    def wait_until_main_waits(self) -> None:
        """Read until the kernel has put the command's main thread to sleep; at once off Linux.

        CPython looks for signals before and after a wait for a lock, so that one that comes in
        between waits as long as the lock.
        """
        if os.path.exists("/proc/self/stat"):
            self.wait_until(lambda: self._letter() == "S", "waiting main thread")

    def _letter(self) -> str:
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0]

    def read_what_there_is(self) -> None:
        """Read what was written until now, without a wait."""
        while self._read(0):
            pass

    def read_the_rest(self) -> None:
        """Read all that was written before this call, by a command that has ended.

        The kernel carries over later what was written last; so this writes a mark behind it.
        """
        os.write(self.slave, _MARK)
        data = b""
        while _MARK not in data:
            ready, _, _ = select.select((self.master,), (), (), PATIENCE)
            assert ready, f"the mark did not come:\n{self.text}"
            data += os.read(self.master, 65536)
        self._take(data.replace(_MARK, b""))

    # Ending

    def hang_up(self) -> None:
        """Close our side, as when the window is closed."""
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def close(self) -> None:
        """End whatever still runs and give everything back."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.master >= 0:
            self.hang_up()

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select((self.master,), (), (), seconds)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self._take(data)
        return bool(data)

    def _take(self, data: bytes) -> None:
        self.raw += data
        self._stream.feed(data)

    def _answer(self, report: str) -> None:
        os.write(self.master, report.encode())


class _Screen(pyte.HistoryScreen):
    """A screen that keeps what scrolls away and answers questions about the cursor."""

    def __init__(self, columns: int, rows: int, answer: Callable[[str], None]) -> None:
        super().__init__(columns, rows, history=100_000, ratio=0.5)
        self._answer = answer

    @property
    def scrolled(self) -> list[str]:
        return [
            "".join(line[column].data for column in range(self.columns)).rstrip()
            for line in self.history.top
        ]

    def write_process_input(self, data: str) -> None:
        self._answer(data)


def _redirected(command: Sequence[str], stdin: int | None, stdout: int | None) -> list[str]:
    if stdin is None and stdout is None:
        return list(command)
    redirections = "".join(
        f" {number}{sign}&{descriptor}"
        for number, sign, descriptor in ((0, "<", stdin), (1, ">", stdout))
        if descriptor is not None
    )
    return ["/bin/sh", "-c", f'exec "$0" "$@"{redirections}', *command]


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    wanted: dict[str, str | None] = {
        **os.environ,
        "TERM": "xterm-256color",
        "NO_COLOR": None,
        "PROMPT_TOOLKIT_NO_CPR": None,
        "PYTHONUNBUFFERED": None,
        **changes,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _set_size(descriptor: int, columns: int, rows: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
