"""Writes protocol lines to a client.

Owns: the order of the lines, when they are sent, and noticing that the client has gone.
Does not own: what they say (render.envelopes), or their JSON (render.jsonlines).
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.program_streams import OwnDescriptor, tell
from stepdbg.model.standard import threading
from stepdbg.render.envelopes import Envelope
from stepdbg.render.jsonlines import line_of

from .channel import write_all

_MOST_WAITING: Final = 65536  # characters; as many as a pipe holds

_CLOSED: Final = (
    "the program has closed the descriptor of the JSON client: "
    "the client gets nothing more, and the next stop ends the program"
)


class RecordWriter:
    """Writes lines to one client, from any thread.

    A line waits until `flush`, so that a stop and what belongs to it are sent in one piece.

    descriptor: where the lines go; `close` closes it.
    tells: whether to report on standard error that the program has closed the descriptor, because
        somebody other than the client reads that.
    """

    def __init__(self, descriptor: int, *, tells: bool = False) -> None:
        self._error_stream: Final = OwnDescriptor(2) if tells else None
        self._to: OwnDescriptor | None = OwnDescriptor(descriptor)
        self._waiting: list[str] = []
        self._size = 0
        self.one_writer: Final = threading.RLock()
        """Held from the decision to write a line until it is written."""
        self.gone = False
        """Whether the client has gone; then all lines are dropped."""

    def write(self, envelope: Envelope, *, flush: bool = False) -> None:
        """Add a line; `flush` sends it and all before it."""
        line = line_of(envelope)
        with self.one_writer:
            self._waiting.append(line)
            self._size += len(line)
            if flush or self._size > _MOST_WAITING:
                self.flush()

    def flush(self) -> None:
        """Send the lines that wait."""
        with self.one_writer:
            if self._waiting and self._to is not None and not self.gone:
                content = "".join(self._waiting).encode("ascii")
                if self._to.is_ours():
                    self.gone = not write_all(self._to.number, content)
                else:  # the number may belong to a file of the program
                    self.gone = True
                    if self._error_stream is not None and self._error_stream.is_ours():
                        tell(_CLOSED)
            self._waiting.clear()
            self._size = 0

    def drop(self) -> None:
        """Drop the lines that wait: this process is a copy, and the original sends them."""
        self._waiting.clear()
        self._size = 0

    def close(self) -> None:
        """Send the lines that wait and close the descriptor; drop all later lines."""
        with self.one_writer:
            self.flush()
            self.gone = True
            if self._to is not None:
                self._to.close()
                self._to = None
