"""Pictures of tasks that wait for one another, with what is proven about them.

Owns: `Knots`.  Does not own: the proof itself (judging.verdict), pictures of waits (chain).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.judging.verdict import Judge, Verdict
from stepdbg.model.waits import CanStop, Claim, Grade, Knot

from . import graph as _graph
from . import hope

if TYPE_CHECKING:
    from .graph import BlockedGraph
    from .views import BlockedRun

_NAMED = 4
"""How many tasks that could cancel others a picture names."""


_CERTAIN = frozenset((Claim.DEADLOCK, Claim.UNTIL_CANCELLED))


class Knots:
    """Makes the knots of a run, at one moment.

    Args:
        run: the run, which must not go on meanwhile.
        graph: which task waits for what in it.
        first: tasks to examine first, because the number of examined tasks is limited.

    Attributes:
        cycles: the search for cycles among them.
        stuck: the tasks that can never go on by themselves, by number; each with its place.
        hope: what could let the run as a whole go on, in words; empty when nothing could.
    """

    def __init__(self, run: BlockedRun, graph: BlockedGraph, first: Iterable[Task] = ()) -> None:
        stuck = graph.stuck(first)
        self._run, self._graph, self.cycles = run, graph, _graph.Cycles(graph)
        self._stuck = stuck
        self.stuck = {task: order for order, task in enumerate(stuck.for_good)}
        self._judge = Judge(run.runner, run.live_frames, stuck)
        self.hope = hope.outside_hope(run, graph)
        self._judge.whole = not self.hope

    def cycle(self, cycle: tuple[Task, ...]) -> Knot | None:
        """The knot of tasks that each wait for the next one; None if nothing is proven of them."""
        verdict = self._judge.of(cycle)
        if verdict is None or (len(cycle) == 1 and verdict.claim not in _CERTAIN):
            return None  # the wait itself says that the task has both ends, and until when it waits
        return self._picture(verdict, cycle, ())

    def missing(self, stuck: Iterable[Task]) -> Knot | None:
        """The knot of stuck tasks that are not in a cycle."""
        some = tuple(stuck)
        verdict = self._judge.of(some)
        if verdict is None or verdict.claim not in _CERTAIN:
            return None
        return self._picture(verdict, (), tuple(filter(self.is_missed, some)))

    def is_missed(self, task: Task) -> bool:
        """Whether no task could wake a stuck one, since all that have the object wait for it."""
        known = self._stuck.enders.get(task)
        return not (self._graph.enders(task) if known is None else known)

    def _lost(self, cycle: tuple[Task, ...]) -> Iterator[Task]:
        """The tasks of a cycle that the next one will not wake: its code has no such call left."""
        for task, following in zip(cycle, (*cycle[1:], *cycle[:1]), strict=True):
            found = self._graph.found(task)
            known = None if found is None else self._graph.foresight.of(found, (following,))
            if known and all(each.naming.grade is Grade.HAS for each in known):
                yield task

    def _picture(
        self, verdict: Verdict, cycle: tuple[Task, ...], missing: tuple[Task, ...]
    ) -> Knot:
        run, label = self._run, self._run.registry.label_of
        deadline, whose = verdict.deadline or (None, None)
        named = verdict.stoppers[:_NAMED]
        return Knot(
            verdict.claim,
            tuple(map(label, cycle)),
            tuple(map(label, missing)),
            tuple(CanStop(label(each.task), each.place) for each in named),
            len(verdict.stoppers) - len(named),
            None if deadline is None else runs.time_left(run.runner, deadline),
            None if whose is None else label(whose),
            tuple(map(label, self._lost(cycle))) if len(cycle) > 1 else (),
        )
