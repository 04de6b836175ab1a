"""What the program reads from its standard input, from the tape.

Owns: a stream in place of `sys.stdin`, and a function in place of `input`.
Does not own: what the user types at a stop.
"""

from __future__ import annotations

import sys
from typing import Any

from stepdbg.model.standard import io, original
from stepdbg.model.tape import Tape
from stepdbg.model.taped import Taped


class _Input(io.FileIO):
    """The standard input, read through the tape."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(0, closefd=False)
        self._tape = tape
        self.name = "<stdin>"

    def readinto(self, buffer: Any) -> int | None:
        """Read some bytes into a buffer, see `io.RawIOBase`."""
        tape = self._tape
        if not tape.here():
            return super().readinto(buffer)
        data = tape.of("sys.stdin", super().read, len(buffer))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)


def install(tape: Tape) -> None:
    """Let the program's input come from the tape, if its `sys.stdin` is the ordinary stream."""
    given = sys.stdin
    if type(given) is not io.TextIOWrapper or not _is_plain(given):
        return
    made = io.TextIOWrapper(
        io.BufferedReader(_Input(tape)),
        encoding=given.encoding,
        errors=given.errors,
        line_buffering=given.line_buffering,
    )
    made.mode = given.mode  # type: ignore[misc]  # as the interpreter does
    sys.stdin = sys.__stdin__ = made  # type: ignore[misc]
    builtins: Any = original("builtins")
    real = builtins.input

    def ask(prompt: object = "", /) -> str:
        """`input`, through the tape.

        At a terminal `input` reads without `sys.stdin`, so its line goes on the tape here.
        Elsewhere it reads from `sys.stdin`, which is replaced above.
        """
        if not made.isatty() or sys.stdin is not made:
            return str(real(prompt))
        if tape.plays:
            print(prompt, end="", flush=True)  # noqa: T201 - as the function does
        line = tape.of("input", _line, real, prompt)
        if line is None:
            raise EOFError
        return str(line)

    builtins.input = Taped(tape, "input", real, ask)


def _is_plain(given: io.TextIOWrapper) -> bool:
    try:
        return given.fileno() == 0
    except (OSError, ValueError):
        return False


def _line(real: Any, prompt: object) -> str | None:
    """A line, or None at the end of the input, since a tape cannot hold an exception."""
    try:
        return str(real(prompt))
    except EOFError:
        return None
