"""The deadlocks of a run: of all its tasks or of a few.

Owns: finding deadlocks, and their pictures.
Does not own: which claims are proven (judging, knots), what else could let the run go on (hope),
when to look for a deadlock and what to do about it (deadlocks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, waits
from stepdbg.model.waits import Deadlock, Knot

from . import chain, hope, knots
from . import graph as _graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepdbg.engine.recording.origins import Origins

    from .graph import BlockedGraph
    from .views import BlockedRun

_LINKS = 12
"""How many stuck tasks the picture of a whole run's deadlock names."""


def whole_run(run: BlockedRun, graph: BlockedGraph, origins: Origins) -> Deadlock | None:
    """The deadlock of a run in which nothing can go on; None if something could.

    Args:
        graph: which task waits for what in it.
        origins: notes for the pictures of the waits.
    """
    if hope.outside_hope(run, graph):
        return None
    found = _Look(run, graph, origins).found()
    return found[0] if found else None


def look(run: BlockedRun, origins: Origins) -> tuple[tuple[Deadlock, ...], str]:
    """The deadlocks of a run at a stop, and what could still let it go on."""
    looked = _Look(run, _graph.BlockedGraph(run), origins)
    return tuple(looked.found()), looked.knots.hope


class _Look:
    """The search for deadlocks in a run, at one moment."""

    def __init__(self, run: BlockedRun, graph: BlockedGraph, origins: Origins) -> None:
        self._run, self._graph = run, graph
        self.knots = knots.Knots(run, graph)
        self._pictures = chain.Links(run, graph, origins)

    def found(self) -> list[Deadlock]:
        if not self.knots.hope:
            everybody = list(hope.own_tasks(self._run))
            return self._of_stuck(everybody) if everybody else []
        cycles = list(cycles_of(self._run.runner))
        found = []
        for cycle in cycles:
            knot = self.knots.cycle(cycle)
            if knot is not None:
                found.append(self._picture(cycle, knot))
        rest = [t for t in self.knots.stuck if not any(t in cycle for cycle in cycles)]
        if not all(map(self._graph.waits_for_tasks, rest)):
            found += self._of_stuck(rest)
        return found

    def _of_stuck(self, stuck: list[Task]) -> list[Deadlock]:
        cycle = self.knots.cycles.shortest(stuck)
        knot = self.knots.cycle(cycle) if cycle else self.knots.missing(stuck)
        if knot is None:
            return []
        alone = () if cycle else filter(self.knots.is_missed, stuck)
        first = dict.fromkeys((*cycle, *alone))
        return [self._picture((*first, *(task for task in stuck if task not in first)), knot)]

    def _picture(self, shown: Iterable[Task], knot: Knot) -> Deadlock:
        links = tuple(map(self._pictures.link, tuple(shown)[:_LINKS]))
        distinct = self._pictures.namesakes.told_apart(links)
        return Deadlock(not self.knots.hope, distinct, knot)


def cycles_of(runner: runs.Runner) -> Iterator[tuple[Task, ...]]:
    """The cycles of a run in which each task holds the lock that the next one waits for.

    They come from Trio's own list of the tasks that hold locks.  Only these tasks are examined, so
    this costs almost nothing at a stop, however many tasks there are.
    """
    waits_for = dict(waits.owners_that_wait())
    done: set[Task] = set()
    for start in waits_for:
        path: list[Task] = []
        task: Task | None = start
        while task is not None and task not in done:
            done.add(task)
            path.append(task)
            task = waits_for.get(task)
        if task in path:
            cycle = path[path.index(task) :]
            if runner.tasks.issuperset(cycle):
                yield tuple(cycle)
