"""Which task waits for which, at one moment of a run.

Owns: `BlockedGraph`: what each task waits for, which tasks could end that, and cycles.
Does not own: reading a wait (recognisers), pictures (chain), whether tasks can go on (judging).

Two sources say which tasks could end a wait.  The variables of all tasks (references) name tasks
that have the object, but other code may have it as well.  The interpreter's reference counts
(judging.reach) prove that nothing except certain tasks has it, but do not name other holders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks, waits
from stepdbg.engine.judging import stuck as _stuck
from stepdbg.engine.judging.reach import LOOKED_AT
from stepdbg.engine.judging.stuck import Blocked, Stuck
from stepdbg.model.standard import itertools
from stepdbg.model.task import TaskState, WaitKind
from stepdbg.model.wait_kinds import EndedBy, Needs
from stepdbg.model.waits import Grade

from .objects import Found
from .recognisers import find_wait
from .references import Foresight, References, wait_alike
from .standing import own_place, scheduled

if TYPE_CHECKING:
    from .views import BlockedRun

_CYCLE_SEARCH = 100
"""From how many tasks the search for a cycle starts."""


_OTHERS = 500
"""In how many tasks that are not stuck to look for variables that they no longer read."""


class Enders:
    """Who could end a wait, and all waits like it.

    enders: as far as variables tell.
    places: where each of them is among all.
    likely: those of them that are worth a word: not tasks that wait for the same thing.
    """

    __slots__ = ("enders", "likely", "places")

    def __init__(self, enders: tuple[Task, ...] = (), likely: Iterable[Task] = ()) -> None:
        self.enders = enders
        self.places = {task: place for place, task in enumerate(enders)}
        self.likely = dict.fromkeys(likely)


_NOBODY = Enders()


class BlockedGraph:
    """What the tasks of a run wait for.

    It keeps everything that it has found, so that it examines every task only once.

    Args:
        run: the run, which must not go on meanwhile.

    Attributes:
        known: the tasks that can never go on by themselves, once `stuck` was called.
        foresight: what the code of tasks does with objects that would end a wait.
    """

    def __init__(self, run: BlockedRun) -> None:
        self._run = run
        self.known = Stuck()
        self._mates: dict[tuple[WaitKind, int], tuple[Task, ...]] = {}
        self._let_go_of_objects()

    def _let_go_of_objects(self) -> None:
        self._found: dict[Task, Found | None] = {}
        self._lending: dict[int, Task] | None = None
        self._enders: dict[Task, Enders] = {}
        self._alike: dict[object, Enders] = {}
        self._references = References(self._run.runner, self._run.live_frames)
        self.foresight = Foresight(self._run.runner, self._references, self._run.live_frames)

    def found(self, task: Task) -> Found | None:
        """What a task waits for, with live objects; None if it is not blocked."""
        if task not in self._found:
            blocked = scheduled(self._run, task) is TaskState.BLOCKED
            stack = self._run.live_frames(task) if blocked else []
            found = find_wait(task, stack) if stack else None
            if found is not None and found.lent:
                found = found.with_threads(self._lenders())
            self._found[task] = found
        return self._found[task]

    def _lenders(self) -> dict[int, Task]:
        """The tasks whose threads have borrowed tokens, by the `id` of what Trio lends them to."""
        if self._lending is None:
            run, self._lending = self._run, {}
            for task in runs.living_tasks(run.runner):
                for borrower in filter(None, map(waits.thread_borrower, run.live_frames(task))):
                    self._lending[id(borrower)] = task
        return self._lending

    def waits_for_tasks(self, task: Task) -> bool:
        """Whether a task waits for certain tasks, as at the end of a nursery."""
        found = self.found(task)
        return found is not None and found.row.ended_by is EndedBy.ALL

    # -- by variables -----------------------------------------------------------------

    @property
    def everybody_asked(self) -> bool:
        """Whether the variables of all tasks were searched, as far as that was necessary."""
        return self._references.complete

    def holdings(self) -> Iterator[tuple[Task, object]]:
        """The tasks of the program, each with the objects that its variables lead to."""
        for task, held in self._references.holdings():
            if not runs.is_system(self._run.runner, task):
                yield from ((task, obj) for obj in held)

    def enders(self, task: Task) -> tuple[Task, ...]:
        """The tasks of this run that could end a task's wait, as far as variables tell."""
        return self.ways(task).enders

    def ways(self, task: Task) -> Enders:
        """The same, with those whose code may still end it: one object for all waits alike."""
        if task not in self._enders:
            found = self.found(task)
            self._enders[task] = _NOBODY if found is None else self._enders_of(task, found)
        return self._enders[task]

    def _enders_of(self, task: Task, found: Found) -> Enders:
        """Worked out once for all tasks that wait for the same: those may be very many."""
        stuck = task in self.known.for_good
        # Of what no variable is asked for, the same holders and wakers are the same question.
        alike = (found.kind, found.key, id(found.obj), found.holders, found.wakers, stuck)
        if alike not in self._alike:
            known = dict.fromkeys(self._possible(found, stuck=stuck))
            if found.kind is WaitKind.NURSERY:  # one task waits for it, and may have it
                known.pop(task, None)
            likely = self.foresight.likely(found, tuple(known))
            fresh = [other for other in likely if not wait_alike(found, self.found(other))]
            self._alike[alike] = Enders(tuple(known), fresh)
        return self._alike[alike]

    def _possible(self, found: Found, *, stuck: bool) -> Iterable[Task]:
        known: dict[Task, None] = dict.fromkeys((*found.holders, *found.wakers))
        if found.keys is not None:
            have = self.foresight.who_has(found)
            first = [each.task for each in have if each.naming.grade is not Grade.HAS]
            known = dict.fromkeys((*first, *known, *(each.task for each in have)))
        if stuck:  # others have it only in variables that they do not read
            known = {each: None for each in known if each in self.known.for_good}
        if found.row.needs is Needs.OTHER_END or found.obj is None:
            return known
        inside = self.foresight.inside(found)
        return [each for each in known if each in inside or not self._waits_for(each, found.obj)]

    def _waits_for(self, other: Task, obj: object) -> bool:
        """Whether a task waits for the same object itself, and so cannot end the wait."""
        found = self.found(other)
        return found is not None and found.obj is obj and found.kind is not WaitKind.NURSERY

    # -- by references ----------------------------------------------------------------

    def blocked(self, task: Task) -> Blocked | None:
        """The data of a waiting task of the program for `judging`; None if it does not wait."""
        found = None if runs.is_system(self._run.runner, task) else self.found(task)
        if found is None:
            return None
        alike = found.kind, found.key
        if alike not in self._mates:
            self._mates[alike] = found.mates()
        return Blocked(
            task=task,
            kind=found.kind,
            key=found.key,
            needs=(*found.holders, *found.wakers),
            mates=self._mates[alike],
            place=own_place(self._run.live_frames(task)),
        )

    def stuck_among(
        self, seen: Iterable[Blocked], others: Iterable[Task] = (), limit: int = LOOKED_AT
    ) -> Stuck:
        """The blocked tasks among some that can never go on; see `judging.stuck.stuck_among`."""
        self._let_go_of_objects()  # else this graph's own references would count as other holders
        return _stuck.stuck_among(seen, others, limit)

    def stuck(self, first: Iterable[Task] = ()) -> Stuck:
        """The tasks of the run that can never go on by themselves.

        Args:
            first: tasks to examine first, because the number of examined tasks is limited.
        """
        seen: dict[Task, Blocked] = {}
        living = runs.living_tasks(self._run.runner)
        for task in itertools.chain(first, living):
            each = None if task in seen or tasks.is_runnable(task) else self.blocked(task)
            if each is not None and each.may_be_stuck():
                seen[task] = each
            if len(seen) == _stuck.MOST:
                break
        others = (task for task in living if task not in seen)
        self.known = self.stuck_among(seen.values(), itertools.islice(others, _OTHERS))
        return self.known


class Cycles:
    """Tasks that wait for one another.

    Args:
        graph: which task waits for what.
    """

    def __init__(self, graph: BlockedGraph) -> None:
        self._graph = graph

    def is_closed(self, cycle: tuple[Task, ...]) -> bool:
        """Whether no task outside of a cycle can open it."""
        return self._graph.everybody_asked and all(
            found is None
            or found.row.ended_by is not EndedBy.ANY
            or (not found.outside and set(self._edges(task)) <= set(cycle))
            for task, found in zip(cycle, map(self._graph.found, cycle), strict=True)
        )

    def shortest(self, some: list[Task]) -> tuple[Task, ...]:
        """The shortest closed cycle, preferably one without nurseries; empty if there is none."""
        found = [self._from(task) for task in some[:_CYCLE_SEARCH]]
        closed = [cycle for cycle in found if cycle and self.is_closed(cycle)]

        def rank(cycle: tuple[Task, ...]) -> tuple[int, int]:
            nurseries = sum(
                wait.kind is WaitKind.NURSERY for wait in map(self._graph.found, cycle) if wait
            )
            return nurseries, len(cycle)

        return min(closed, key=rank, default=())

    def _from(self, start: Task) -> tuple[Task, ...]:
        """The shortest path of waits from a task back to itself."""
        came_from: dict[Task, Task] = {}
        todo = [start]
        for task in todo:
            for other in self._edges(task):
                if other is start:
                    path = [task]
                    while path[-1] is not start:
                        path.append(came_from[path[-1]])
                    return tuple(reversed(path))
                if other not in came_from:
                    came_from[other] = task
                    todo.append(other)
        return ()

    def _edges(self, task: Task) -> tuple[Task, ...]:
        """The tasks that could end a task's wait; for stuck tasks they are known already."""
        known = self._graph.known.enders.get(task)
        return self._graph.enders(task) if known is None else known
