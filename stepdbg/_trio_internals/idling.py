"""Learning that a run has nothing to do and no deadline pending, with any clock.

Owns: `LastDeadline`, an entry of Trio's heap of deadlines that comes after all others;
`shortest_cushion`.
Does not own: what follows from that (engine.waiting.deadlocks), or the other deadlines (runs).

Trio looks for the next deadline only when nothing is runnable (``Deadlines.next_deadline`` in
``trio/_core/_run.py``).  It goes through its heap until it finds an entry whose scope still has
that deadline.  So if Trio asks the last entry, at infinity, no deadline is pending.  While one is
pending, an idle pass does not call stepdbg.  The hook `before_io_wait` would do as well, but it
would make every idle pass slower by a tenth.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappush
from sys import _getframe
from typing import Any

from stepdbg.model.standard import math

from .runs import LOOP_CODE, Runner


class LastDeadline:
    """An entry in the heap of a run that looks like a scope with a deadline at infinity.

    Args:
        runner: Trio's.
        idle: called in Trio's loop when nothing is runnable and no deadline is pending; must not
            raise.

    Raises:
        AttributeError: this Trio keeps its deadlines in another way (names).
    """

    def __init__(self, runner: Runner, idle: Callable[[], object]) -> None:
        self._deadlines: Any = runner.deadlines
        self._idle = idle
        heappush(self._deadlines._heap, self._entry())
        self._deadlines._active += 1

    @property
    def _registered_deadline(self) -> float:
        # Trio also reads this when it prunes the heap, and so does our own code that lists
        # deadlines. Only Trio's loop asks because it is idle.
        asking = _getframe(1).f_back
        if asking is not None and asking.f_code is LOOP_CODE:
            self._idle()
        return math.inf

    def remove(self) -> None:
        """Take the entry out, so that it is no longer called when the run is idle."""
        heap, entry = self._deadlines._heap, self._entry()
        if entry in heap:
            heap.remove(entry)
            heapify(heap)
            self._deadlines._active -= 1

    def _entry(self) -> tuple[float, int, Any]:
        return math.inf, id(self), self


def shortest_cushion(runner: Runner) -> float:
    """For how long a run must be idle until a ``wait_all_tasks_blocked`` of it ends, in seconds."""
    return min((cushion for cushion, _ in runner.waiting_for_idle), default=0.0)
