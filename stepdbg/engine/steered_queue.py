"""The run queue that looks and chooses.

Owns: `SteeredQueue`, in the place of Trio's run queue while a task is watched or runs alone.
Does not own: which tasks those are (carrying), or what happens at their steps (run).

Trio uses its run queue only through ``append``, truth, ``list(runq)`` and ``clear``, and
calls ``list(runq)`` once for each pass: here is the one place where the order of steps is
decided.  Looking costs one set look-up a pass, where a step hook costs a sixth of every step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from trio.lowlevel import Task

_PASSES_ARMED = 20
"""How many passes without a watched task the hook stays: installing it costs some 15 us."""


class SteeredQueue(deque[Task]):
    """A run queue that tells of passes with a watched task, and can let one task run alone.

    Args:
        queued: the tasks of the queue whose place it takes, in order.
        watched: the live set of watched tasks.
        on_pass: called with whether the pass holds one of them, when that changes.
        is_exempt: whether a task runs even while another one runs alone (Trio's own do).

    Attributes:
        alone: the task that has the run to itself whenever it is runnable.
    """

    def __init__(
        self,
        queued: Iterable[Task],
        watched: set[Task],
        on_pass: Callable[[bool], None],
        is_exempt: Callable[[Task], bool],
    ) -> None:
        super().__init__(queued)
        self.alone: Task | None = None
        self._watched = watched
        self._on_pass = on_pass
        self._is_exempt = is_exempt
        self._armed = False
        self._passes_without = 0
        self._held_back: list[Task] = []

    def start_over(self) -> None:
        """The hook may have been removed: tell again at the next pass with a watched task."""
        self._armed = False

    def __iter__(self) -> Iterator[Task]:
        """The tasks of the pass that begins."""
        self._look()
        if self.alone is None:
            return deque.__iter__(self)
        return iter(self._chosen(self.alone))

    def only_now(self, first: Task) -> Iterator[Task]:
        """A pass with this queued task, and those that are exempt."""
        self._look()
        return iter(self._chosen(first))

    def clear(self) -> None:
        """The pass has been taken: what it did not get stays queued."""
        kept, self._held_back = self._held_back, []
        super().clear()
        self.extend(kept)

    def _look(self) -> None:
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

    def _chosen(self, alone: Task) -> list[Task]:
        queued = list(deque.__iter__(self))
        if alone not in queued:
            self._held_back = []
            return queued
        chosen = [task for task in queued if task is alone or self._is_exempt(task)]
        self._held_back = [task for task in queued if task not in chosen]
        return chosen
