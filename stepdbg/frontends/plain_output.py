"""Plain text of stepdbg beside the program's own output, in order with it.

Owns: the descriptor that the text goes to, its width and look, and noticing that nobody reads it
any more.
Does not own: what the text says.
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
    "say --output FILE instead, since stepdbg can open a file again"
)


def width_of_transcripts() -> int:
    """The number of columns of a transcript: ``COLUMNS``, or eighty."""
    setting = os.environ.get("COLUMNS", "")
    return int(setting) if setting.isdecimal() and int(setting) else DEFAULT_WIDTH


def transcript(lines: Iterable[Line]) -> str:
    """Lines as plain text, without the trailing blanks that a screen needs."""
    return "".join([f"{plain_line(line).rstrip()}\n" for line in lines])


class PlainOutput:
    """Writes text straight to the descriptor of a stream.

    stepdbg's text never waits in the buffers of the program's streams.  If it could not be written,
    the interpreter would complain at its exit, as if the program had written it.

    out: the stream; None for one that is closed from the start.
    """

    def __init__(self, out: TextIO | None) -> None:
        self._out: Final = out
        self._encoding: Final = getattr(out, "encoding", None) or "utf-8"
        number = _number_of(out)
        # A duplicate, because the program may close or redirect its own.
        self._copies: Final = {} if number is None else copies_of(number)
        self._to = None if number is None else self._copies.get(number)
        self._is_named: Final = number is not None and number > 2
        self._error_stream: Final = program_streams.OwnDescriptor(2)
        self._one_writer: Final = threading.RLock()  # events come from any thread
        self._waiting = ""
        self._ends_line = True
        self._at_terminal = self._to is not None and os.isatty(self._to.number)
        self.gone = out is None
        """Whether nobody reads any more, or there was never anywhere to write."""

    def write(self, text: str, *, more: bool = False) -> None:
        """Write text after everything that the program has printed so far.

        more: whether more text follows before any code of the program runs.  Then this text may
            wait for it, since a write takes as long as a tenth of a stop.
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
        """Let the standard streams lead where they led at the start, for `restart`."""
        for number, copy in self._copies.items():
            give_back(copy, number)

    def close(self) -> None:
        """Close the descriptor, and write nothing from now on."""
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
