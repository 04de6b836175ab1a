"""Plain text beside the program's own output, in order with it.

Owns: the descriptor that text of ours goes to, and noticing that nobody reads it any more.
Does not own: the text.
"""

from __future__ import annotations

from typing import Final, TextIO

from stepdbg.model import program_streams
from stepdbg.model.program_streams import lift
from stepdbg.model.standard import io, os, threading

from .channel import give_back, write_all


class PlainOutput:
    """Writes text where a stream leads, straight to its descriptor.

    Nothing of ours ever waits in the program's buffers: what could not be written would be
    complained about at the exit of the interpreter, as if the program had written it.

    out: the stream; None for one that is closed from the start.
    """

    def __init__(self, out: TextIO | None) -> None:
        self._out: Final = out
        self._encoding: Final = getattr(out, "encoding", None) or "utf-8"
        self._descriptor = _descriptor_of(out)
        self._one_writer: Final = threading.RLock()  # events come from any thread
        self._waiting = ""
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
            encoded = text.encode(self._encoding, "backslashreplace")
            if self._descriptor is not None:
                self.gone = not write_all(self._descriptor, encoded)
            elif self._out is not None:
                self._out.write(encoded.decode(self._encoding))

    def give_back(self) -> None:
        """Let standard output lead where it led at first, for a process that starts anew."""
        give_back(self._descriptor, 1)

    def close(self) -> None:
        """Give the descriptor back; nothing is written from now on."""
        with self._one_writer:
            self.write("")
            self.gone = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


def _descriptor_of(out: TextIO | None) -> int | None:
    """A duplicate, because the program may close its own or put something else there."""
    try:
        return None if out is None else lift(out.fileno())
    except (OSError, ValueError, io.UnsupportedOperation):
        return None  # a stream in memory, or one that is closed
