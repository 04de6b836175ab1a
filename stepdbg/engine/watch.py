"""Noticing the steps of some tasks without paying at the steps of all.

Owns: `WatchedQueue`, which looks once per pass whether a watched task is in the batch.
Does not own: which tasks are watched, or what happens at their steps (run).

Trio uses its run queue only through ``append``, truth, ``list(runq)`` and ``clear``, and
calls ``list(runq)`` once for each pass.  A step hook costs a sixth of a step for every
task; this costs one set look-up a pass, and only while a watched task lives.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from trio.lowlevel import Task

_PASSES_ARMED = 20
"""How many passes without a watched task the hook stays: installing it costs some 15 us."""


class WatchedQueue(deque[Task]):
    """A run queue that tells when a pass with a watched task is taken from it.

    Args:
        queued: the tasks of the queue whose place it takes, in order.
        watched: the live set of watched tasks.
        on_pass: called with whether the pass holds one of them, before it begins.
    """

    def __init__(
        self, queued: Iterable[Task], watched: set[Task], on_pass: Callable[[bool], None]
    ) -> None:
        super().__init__(queued)
        self._watched = watched
        self._on_pass = on_pass
        self._armed = False
        self._passes_without = 0

    def start_over(self) -> None:
        """The hook may have been removed: tell again at the next pass with a watched task."""
        self._armed = False

    def __iter__(self) -> Iterator[Task]:
        """The tasks of the pass that begins; tells `on_pass` when that changes anything."""
        # `set.isdisjoint` runs in C over the plain iterator: 8 % of a pass with one task.
        if not self._watched.isdisjoint(deque.__iter__(self)):
            self._passes_without = 0
            if not self._armed:
                self._armed = True
                self._on_pass(True)
        elif self._armed:
            self._passes_without += 1
            if self._passes_without > _PASSES_ARMED:
                self._armed = False
                self._on_pass(False)
        return deque.__iter__(self)
