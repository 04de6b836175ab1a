"""Which thread stops first: a thread that goes on line by line comes before all others.

Owns: `Turns`.  Does not own: the prompt (held), or what such a thread does (stepping).

While one thread is at the prompt, the stops of others wait for the prompt.  After `next` in a
worker thread, one of those would get the prompt first, and the user would see another thread than
the one that they step through.  So the others wait for that thread, for a limited time.
"""

from __future__ import annotations

from typing import Final

from stepdbg._trio_internals import waits
from stepdbg.engine.process import python_threads
from stepdbg.model.standard import threading, time

_PATIENCE: Final = 1.0
"""Seconds for which other stops wait for a thread that was let first; it may wait for them."""

_LOOK_AGAIN: Final = 0.002
"""Seconds between two checks whether it has arrived."""


class Turns:
    """The thread that was let first, until it arrives."""

    def __init__(self) -> None:
        self._name = ""
        self._ident = 0
        self._until = 0.0

    def let_first(self, name: str) -> None:
        """Let the calling thread arrive before the stops of others: it goes on line by line.

        Args:
            name: what it does, in words.
        """
        self._name, self._ident = name, threading.get_ident()
        self._until = time.perf_counter() + _PATIENCE

    def arrived(self) -> None:
        """The calling thread stops again, or goes on in another way."""
        if self._ident == threading.get_ident():
            self._name, self._ident = "", 0

    @property
    def under_way(self) -> str:
        """What another thread that was let first is doing, in words; empty if there is none."""
        return "" if self._ident == threading.get_ident() else self._name

    def is_somebody_first(self) -> bool:
        """Whether the calling thread has to wait.

        It does not wait for a thread that takes long, waits for a run to answer, or has ended.
        """
        ident = self._ident
        if ident in (0, threading.get_ident()) or time.perf_counter() > self._until:
            return False
        top = python_threads.current_frames().get(ident)
        return top is not None and not waits.is_calling_back(top)

    def wait(self) -> None:
        """Wait until nobody is first."""
        while self.is_somebody_first():
            time.sleep(_LOOK_AGAIN)
