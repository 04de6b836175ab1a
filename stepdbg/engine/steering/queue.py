"""The run queue while tasks are held or put in order.

Owns: `HoldingQueue`.  Does not own: who is held, or comes first (state).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg.engine.steered_queue import SteeredQueue

if TYPE_CHECKING:
    from .state import Steered


class HoldingQueue(SteeredQueue):
    """A run queue that leaves held tasks out, whatever wakes them.

    Attributes:
        steered: says who is held; set before the first use.
    """

    steered: Steered

    def append(self, task: Task) -> None:
        """A task has become runnable."""
        if not self.steered.withholds(task):
            super().append(task)

    def __iter__(self) -> Iterator[Task]:
        """The tasks of the pass that begins: the next one in order alone, where there is one."""
        firsts = self.steered.firsts
        queued = list(deque.__iter__(self))
        while firsts and firsts[0] not in queued:
            firsts.popleft()
        if not firsts:
            return super().__iter__()
        return self.only_now(firsts.popleft())
