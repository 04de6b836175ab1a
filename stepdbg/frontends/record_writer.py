"""Writes protocol lines to a client.

Owns: their order, when they are sent, and noticing that the client has gone.
Does not own: what they say (render.envelopes) or how (render.jsonlines).
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.program_streams import OwnDescriptor, tell
from stepdbg.model.standard import threading
from stepdbg.render.envelopes import Envelope
from stepdbg.render.jsonlines import line_of

from .channel import write_all

_MOST_WAITING: Final = 65536  # characters; as much as a pipe takes at once

_CLOSED: Final = (
    "the program has closed the descriptor of the JSON client: "
    "the client hears nothing more, and the next stop ends the program"
)


class RecordWriter:
    """Lines to one client, from any thread.

    A line waits until `flush`, so that a stop and what belongs to it leave in one piece.

    descriptor: where they go; closed by `close`.
    tells: whether somebody else reads standard error, who is told when the program closes it.
    """

    def __init__(self, descriptor: int, *, tells: bool = False) -> None:
        self._error_stream: Final = OwnDescriptor(2) if tells else None
        self._to: OwnDescriptor | None = OwnDescriptor(descriptor)
        self._waiting: list[str] = []
        self._size = 0
        self.one_writer: Final = threading.RLock()
        """For what must not come between deciding on a line and writing it."""
        self.gone = False
        """Nothing reaches the client any more; what is written is dropped."""

    def write(self, envelope: Envelope, *, flush: bool = False) -> None:
        """Add a line; `flush` sends it and all before it."""
        line = line_of(envelope)
        with self.one_writer:
            self._waiting.append(line)
            self._size += len(line)
            if flush or self._size > _MOST_WAITING:
                self.flush()

    def flush(self) -> None:
        """Send what waits."""
        with self.one_writer:
            if self._waiting and self._to is not None and not self.gone:
                content = "".join(self._waiting).encode("ascii")
                if self._to.is_ours():
                    self.gone = not write_all(self._to.number, content)
                else:  # a file of the program's may lie there
                    self.gone = True
                    if self._error_stream is not None and self._error_stream.is_ours():
                        tell(_CLOSED)
            self._waiting.clear()
            self._size = 0

    def drop(self) -> None:
        """In a copy of the process: what waits is sent by the one that it was copied from."""
        self._waiting.clear()
        self._size = 0

    def close(self) -> None:
        """Send what waits and give the descriptor back; what is written later is dropped."""
        with self.one_writer:
            self.flush()
            self.gone = True
            if self._to is not None:
                self._to.close()
                self._to = None
