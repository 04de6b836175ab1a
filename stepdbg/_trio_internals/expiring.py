"""Choosing which deadlines of a run pass, in place of its clock.

Owns: `ChosenDeadlines`, which replaces Trio's `Deadlines`.
Does not own: who chooses (engine.scheduling), reading deadlines (runs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trio._core._run import CancelScope, Deadlines, Runner

from stepdbg.model.standard import heapq, math


class ChosenDeadlines(Deadlines):
    """A run's deadlines; only those pass that `choose` lets pass.

    Trio's loop calls `expire` once a pass, before it takes the run queue.

    Attributes:
        choose: called by the loop with a function that lets the deadline of a scope pass; returns
            False if all due deadlines must pass, as under Trio.
        only_due: `choose` is called only when a deadline may be due.
    """

    only_due = False
    _has_passed = False

    choose: Callable[[Callable[[CancelScope], None]], bool]

    def expire(self, now: float) -> bool:
        """Let the chosen deadlines pass; returns whether any has passed."""
        if self.only_due:
            heap = self._heap
            if not heap or heap[0][0] > now:
                return False
        self._has_passed = False
        if self.choose(self._let_pass):
            if self._heap:
                super().expire(-math.inf)  # this drops entries that no longer count
            return self._has_passed
        return super().expire(now)

    def _let_pass(self, scope: CancelScope) -> None:
        """Let Trio's own code do it, with a heap that holds only this deadline."""
        self._has_passed = True
        due, heap = scope._registered_deadline, self._heap
        self._heap = [(due, id(scope), scope)]
        try:
            super().expire(due)
        finally:
            added, self._heap = self._heap, heap  # the scope's entry there no longer counts
            for entry in added:
                heapq.heappush(heap, entry)


def choose_deadlines(
    runner: Runner,
    choose: Callable[[Callable[[CancelScope], None]], bool],
    *,
    only_due: bool = False,
) -> None:
    """Let a function choose which deadlines of a run pass; arguments: see `ChosenDeadlines`."""
    chosen = ChosenDeadlines(runner.deadlines._heap, runner.deadlines._active)
    chosen.choose, chosen.only_due = choose, only_due
    runner.deadlines = chosen


def choose_no_more(runner: Runner) -> None:
    """Let deadlines pass by the run's clock again; must not be called while some are passing."""
    if isinstance(runner.deadlines, ChosenDeadlines):
        runner.deadlines = Deadlines(runner.deadlines._heap, runner.deadlines._active)


def by_deadline(runner: Runner) -> Iterator[tuple[float, CancelScope]]:
    """Pending deadlines, the soonest first; a generator, because few callers need all of them."""
    heap: list[tuple[float, int, CancelScope]] = list(runner.deadlines._heap)
    candidates = [(heap[0], 0)] if heap else []
    while candidates:
        (deadline, _, scope), place = heapq.heappop(candidates)
        if deadline == scope._registered_deadline < math.inf:
            yield deadline, scope
        for child in (2 * place + 1, 2 * place + 2):
            if child < len(heap):
                heapq.heappush(candidates, (heap[child], child))
