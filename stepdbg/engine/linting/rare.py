"""Lints that are noticed when they happen, and cost nothing until then.

Owns: watching for locks and generators that tasks leave behind.  Does not own: the lints about them
(lost_locks, lost_generators), or reporting these (watch).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import AsyncGeneratorType
from typing import TYPE_CHECKING

from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals import losses, tasks
from stepdbg.engine.process.guard import settle
from stepdbg.model.lints import Lint

from . import lost_generators, lost_locks

if TYPE_CHECKING:
    from stepdbg.engine.recording.origins import Origins

    from .lost_locks import LostLock
    from .views import LintedRuns


class RareLints:
    """Watches all runs.

    Args:
        lived: the runs.
        origins: which task took each lock, and where.
        found: called with each lint.
    """

    def __init__(self, lived: LintedRuns, origins: Origins, found: Callable[[Lint], None]) -> None:
        self._lived, self._origins, self._found = lived, origins, found
        self._left: list[LostLock] = []
        self._generators: Counter[tuple[str, int | None]] = Counter()

    def watch_locks(self) -> Callable[[], None]:
        """Note locks that are not released; returns a function that ends it."""
        return losses.watch_broken_lots(self._on_broken_lot)

    def watch_generators(self) -> Callable[[], None]:
        """Note unfinished async generators; returns a function that ends it."""
        return losses.watch_left_generators(self._on_generator)

    def look(self) -> None:
        """Report the locks that something still refers to."""
        for left in self._left:
            lint = left.lint()
            if lint is not None:
                self._found(lint)
        self._left.clear()

    def _on_broken_lot(self, task: Task, lot: ParkingLot) -> None:
        try:
            run = self._lived.of_runner(tasks.runner_of(task))
            if run is not None and not run.quitting:
                left = lost_locks.lost_lock(run, self._origins, task, lot)
                self._left += () if left is None else (left,)
        except Exception as error:  # Trio is the caller
            settle(error, "noting a lock that was not released")

    def _on_generator(self, generator: AsyncGeneratorType[object, object]) -> None:
        try:
            run = self._lived.of_thread()
            ends = run is None or run.quitting
            lint = None if ends else lost_generators.lint_of(generator, self._generators)
            if lint is not None:
                self._found(lint)
        except Exception as error:  # Trio is the caller
            settle(error, "noting an unfinished async generator")
