"""Writes protocol lines to a client.

Owns: their order, when they are sent, and noticing that the client has gone.
Does not own: what they say (render.envelopes) or how (render.jsonlines).
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.standard import os, threading
from stepdbg.render.envelopes import Envelope
from stepdbg.render.jsonlines import line_of

from .channel import write_all

_MOST_WAITING: Final = 65536  # characters; as much as a pipe takes at once


class RecordWriter:
    """Lines to one client, from any thread.

    A line waits until `flush`, so that a stop and what belongs to it leave in one piece.

    descriptor: where they go; closed by `close`.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        self._waiting: list[str] = []
        self._size = 0
        self.one_writer: Final = threading.RLock()
        """For what must not come between deciding on a line and writing it."""
        self.gone = False
        """The client reads no more; what is written is dropped."""

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
            if self._waiting and self._descriptor is not None and not self.gone:
                content = "".join(self._waiting).encode("ascii")
                self.gone = not write_all(self._descriptor, content)
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
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
