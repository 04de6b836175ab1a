"""Plain text beside the program's own output, in order with it.

Owns: the descriptor that text of ours goes to, the width and the look of plain text, and noticing
that nobody reads it any more.
Does not own: what is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TextIO

from stepdbg.model import program_streams
from stepdbg.model.standard import io, os, threading
from stepdbg.render.spans import Line, plain_line

from .channel import copies_of, give_back, write_all

DEFAULT_WIDTH: Final = 80

_CLOSED: Final = (
    "the program has closed the descriptor that --output names, so stepdbg's text ends there; "
    "name a file, which is opened once more"
)


def width_of_transcripts() -> int:
    """How many columns a transcript has: those of ``COLUMNS``, or eighty."""
    setting = os.environ.get("COLUMNS", "")
    return int(setting) if setting.isdecimal() and int(setting) else DEFAULT_WIDTH


def transcript(lines: Iterable[Line]) -> str:
    """Lines as plain text; they are padded for a screen, and need no trailing blanks here."""
    return "".join([f"{plain_line(line).rstrip()}\n" for line in lines])


class PlainOutput:
    """Writes text where a stream leads, straight to its descriptor.

    stepdbg's text never waits in the program's buffers: what could not be written would be
    complained about at the exit of the interpreter, as if the program had written it.

    out: the stream; None for one that is closed from the start.
    """

    def __init__(self, out: TextIO | None) -> None:
        self._out: Final = out
        self._encoding: Final = getattr(out, "encoding", None) or "utf-8"
        number = _number_of(out)
        # A duplicate, because the program may close its own or put something else there.
        self._copies: Final = {} if number is None else copies_of(1, number)
        self._to = None if number is None else self._copies.get(number)
        self._is_named: Final = number is not None and number > 2
        self._error_stream: Final = program_streams.OwnDescriptor(2)
        self._one_writer: Final = threading.RLock()  # events come from any thread
        self._waiting = ""
        self._ends_line = True
        self._at_terminal = self._to is not None and os.isatty(self._to.number)
        self.gone = out is None
        """Nobody reads any more, or there was never anywhere to write."""

    def write(self, text: str, *, more: bool = False) -> None:
        """Write text after everything that the program has printed so far.

        more: something is written next, before any code of the program runs, and this may wait
        for it: each write takes as long as a tenth of a stop.
        """
        if self.gone or not (text or self._waiting):
            return
        with self._one_writer:
            text, self._waiting = self._waiting + text, ""
            if more:
                self._waiting = text
                return
            program_streams.flush()
            if self._to is not None and not self._to.leads_there():
                self.gone = True
                if self._is_named and self._error_stream.is_ours():
                    program_streams.tell(_CLOSED)
                return
            if self._to is not None and self._at_terminal and self._ends_line:
                begins = program_streams.line_start(self._to.number)
                text = text if begins == text[0] else begins + text
            self._ends_line = text.endswith("\n")
            encoded = text.encode(self._encoding, "backslashreplace")
            if self._to is not None:
                self.gone = not write_all(self._to.number, encoded)
            elif self._out is not None:
                self._out.write(encoded.decode(self._encoding))

    def give_back(self) -> None:
        """Let the streams lead where they led at first, for a process that starts anew."""
        for number, copy in self._copies.items():
            give_back(copy, number)

    def close(self) -> None:
        """Give the descriptor back; nothing is written from now on."""
        with self._one_writer:
            self.write("")
            self.gone = True
            self._to = None
            while self._copies:
                self._copies.popitem()[1].close()


def _number_of(out: TextIO | None) -> int | None:
    try:
        return None if out is None else out.fileno()
    except (OSError, ValueError, io.UnsupportedOperation):
        return None  # a stream in memory, or one that is closed
