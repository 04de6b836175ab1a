"""One look at the blocked tasks of a run.

Owns: which tasks are examined, in how much time, and passing them to the lints.
Does not own: the lints, or when to look (watch).

A look at a stop takes the same time however many tasks there are: it examines a limited number,
and the next look goes on with the others.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sized
from typing import TYPE_CHECKING, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg._trio_internals.scopes import nurseries_above
from stepdbg.engine.judging import reach
from stepdbg.engine.waiting import graph
from stepdbg.model.lints import Lint, LintName
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import itertools, math, time, weakref

from . import endless_shields, lost_objects

if TYPE_CHECKING:
    from stepdbg.engine.judging.stuck import Blocked
    from stepdbg.engine.waiting.graph import BlockedGraph
    from stepdbg.engine.waiting.views import BlockedRun

    from .endless_shields import EndlessShields


class _Bounds(NamedTuple):
    """How far one look goes.

    tasks: how many tasks it examines.
    seconds: the time after which it examines no more tasks.
    objects: how many objects it follows to find out which task has one.
    """

    tasks: int
    seconds: float
    objects: int


_AT_A_STOP: Final = _Bounds(60, 0.02, 3_000)

_MATES: Final = 60
"""How many of the tasks that wait for the same thing are examined with a blocked one."""

_ASKED: Final = 2.0
"""The seconds for the looks that a user waits for."""

_ABOVE: Final = 4
"""How many of the tasks above a blocked one are examined with it."""


def _asked_for() -> _Bounds:
    """The bounds where a user waits.

    Together with the tasks that wait for the same thing as the last one, these tasks are fewer than
    `judging` refuses.
    """
    return _Bounds(
        200, 0.5, reach.LOOKED_AT
    )  # a function, because runs without lints need no `reach`


class LintSearch:
    """Searches the blocked tasks of one run for lints."""

    def __init__(self, run: BlockedRun) -> None:
        self._run = run
        self._shields: EndlessShields | None = None
        self._to_come: list[weakref.ref[Task]] = []

    @property
    def to_come(self) -> int:
        """How many tasks are left to examine."""
        return len(self._to_come)

    def look_at_all(self, on: Container[LintName]) -> list[Lint]:
        """The lints about all the blocked tasks, or about as many as there is time for.

        Args:
            on: as for `look`.
        """
        until = time.perf_counter() + _ASKED
        self._to_come = []
        found = self._look(on, _asked_for())
        while self._to_come and time.perf_counter() < until:
            found += self._look(on, _asked_for())
        return found

    def look(self, on: Container[LintName]) -> list[Lint]:
        """The lints about some of the blocked tasks, soon enough for a stop.

        The next call goes on with other tasks.

        Args:
            on: the lints to look for.
        """
        return self._look(on, _AT_A_STOP)

    def _look(self, on: Container[LintName], bounds: _Bounds) -> list[Lint]:
        seen: dict[Task, Blocked] = {}
        waits: BlockedGraph | None = None
        for task in self._some_tasks(seen, bounds):
            waits = waits or graph.BlockedGraph(self._run)
            _take(waits, task, seen)
        if waits is None or not seen:
            return []
        found: list[Lint] = []
        if LintName.LOST_EVENT in on or LintName.LOST_SENDER in on:
            stuck = waits.stuck_among(seen.values(), limit=bounds.objects)
            lost = lost_objects.LostObjects(self._run, stuck.for_good, bounds.objects)
            found += lost.events()
            found += lost.senders(seen.values())
        self._shields = self._shields or endless_shields.EndlessShields(self._run)
        found += self._shields.look(seen.values())
        return [each for each in found if each.name in on]

    def _some_tasks(self, seen: Sized, bounds: _Bounds) -> Iterator[Task]:
        """Tasks that are not runnable, until enough tasks were examined."""
        if not self._to_come:
            runner = self._run.runner
            own = (t for t in runs.living_tasks(runner) if not runs.is_system(runner, t))
            self._to_come = [weakref.ref(task) for task in reversed(list(own))]
        until = math.inf
        while self._to_come and len(seen) < bounds.tasks and time.perf_counter() < until:
            task = self._to_come.pop()()
            if task is not None and not tasks.is_runnable(task):
                yield task
                # The time begins after the first task, which may have needed imports.
                until = min(until, time.perf_counter() + bounds.seconds)


def _take(waits: BlockedGraph, task: Task, seen: dict[Task, Blocked]) -> None:
    """Examine a task, those that wait for the same thing, and those that wait for this task."""
    found = None if task in seen else waits.blocked(task)
    if found is None:
        return
    seen[task] = found
    above = [nursery.parent_task for nursery in itertools.islice(nurseries_above(task), _ABOVE)]
    for each in (*found.mates[:_MATES], *above):
        relative = None if each in seen else waits.blocked(each)
        if relative is not None:
            seen[each] = relative
