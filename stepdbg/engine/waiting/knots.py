"""Pictures of what may be claimed of tasks that wait for one another.

Owns: `Knots`.  Does not own: the claim itself (judging.verdict), pictures of waits (chain).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.judging.verdict import Judge, Verdict
from stepdbg.model.waits import CanStop, Claim, Knot

from . import graph as _graph
from . import hope

if TYPE_CHECKING:
    from .graph import BlockedGraph
    from .views import BlockedRun

_NAMED = 4
"""How many tasks that could cancel others are named."""


_CERTAIN = frozenset((Claim.DEADLOCK, Claim.UNTIL_CANCELLED))


class Knots:
    """What may be claimed of tasks of a run, at one moment.

    Args:
        run: it must not go on meanwhile.
        graph: who waits for what in it.
        first: of very many tasks only so many are looked at, these before others.

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
        """The claim of tasks of which each waits for the next one; None when there is none."""
        verdict = self._judge.of(cycle)
        if verdict is None or (len(cycle) == 1 and verdict.claim not in _CERTAIN):
            return None  # who has both ends of a channel, and until when it waits, is told already
        return self._picture(verdict, cycle, ())

    def missing(self, stuck: Iterable[Task]) -> Knot | None:
        """The claim of tasks that are stuck where none waits for itself in the end."""
        some = tuple(stuck)
        verdict = self._judge.of(some)
        if verdict is None or verdict.claim not in _CERTAIN:
            return None
        return self._picture(verdict, (), tuple(filter(self.is_missed, some)))

    def is_missed(self, task: Task) -> bool:
        """Whether no task is left that could wake a stuck one: all that have it wait for it."""
        known = self._stuck.enders.get(task)
        return not (self._graph.enders(task) if known is None else known)

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
        )
