"""Which task waits for which, at one moment of a run.

Owns: `BlockedGraph`: what each task waits for, who could end that, cycles, and the tasks that
never go on.  Does not own: reading a wait (recognisers), pictures (chain), whether the run as a
whole could go on (deadlock).

Two oracles say who could end a wait.  The variables of all tasks (references) name the tasks
that have the object, but more than they show may have it.  The references that the interpreter
counts (reach) tell for certain that nothing but certain tasks has it, but name nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, waits
from stepdbg.model.records import dataclass
from stepdbg.model.standard import math
from stepdbg.model.task import Place, TaskState, WaitKind
from stepdbg.model.wait_kinds import WAITS, EndedBy, Needs

from .objects import Found
from .reach import held_elsewhere
from .recognisers import find_wait
from .references import References
from .standing import own_place, scheduled

if TYPE_CHECKING:
    from .views import BlockedRun

_TOGETHER = 200
"""How many tasks are looked at together; among more none is found to be stuck."""

_CYCLE_SEARCH = 500
"""Tasks from which the search for a cycle sets out."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A blocked task of the program, without the object that it waits for.

    key: the `id` of that object (of a channel: of what its ends share).
    needs: the tasks without which the wait does not end.  mates: who waits for the same.
    place: where it waits.
    """

    task: Task
    kind: WaitKind
    key: int
    needs: tuple[Task, ...]
    mates: tuple[Task, ...]
    place: Place | None

    def may_last(self) -> bool:
        """Whether no deadline and no cancellation is going to end the wait."""
        return math.isinf(waits.soonest_deadline(self.task)) and (
            waits.cancelled_scope(self.task) is None
        )

    def may_be_stuck(self) -> bool:
        """Whether it can be told that nobody ends the wait."""
        row = WAITS[self.kind]
        return (row.counted or row.ended_by is EndedBy.ALL) and self.may_last()

    def is_stuck(self, stuck: dict[Task, Blocked], held: set[int]) -> bool:
        """Whether only some tasks that are stuck could end the wait.

        Args:
            held: the `id` of each object that something else than those tasks has.
        """
        if WAITS[self.kind].counted:
            return self.key not in held and all(mate in stuck for mate in self.mates)
        return any(task in stuck for task in self.needs)


class BlockedGraph:
    """What the tasks of a run wait for.

    Whatever is found out is kept, so that however long a chain is, every task is looked at once.

    Args:
        run: it must not go on meanwhile.
    """

    def __init__(self, run: BlockedRun) -> None:
        self._run = run
        self._let_go_of_objects()

    def _let_go_of_objects(self) -> None:
        self._found: dict[Task, Found | None] = {}
        self._enders: dict[Task, tuple[Task, ...]] = {}
        self._references = References(self._run.runner, self._run.live_frames)

    def found(self, task: Task) -> Found | None:
        """What a task waits for, with live objects; None when it is not blocked."""
        if task not in self._found:
            blocked = scheduled(self._run, task) is TaskState.BLOCKED
            stack = self._run.live_frames(task) if blocked else []
            self._found[task] = find_wait(task, stack) if stack else None
        return self._found[task]

    def waits_for_tasks(self, task: Task) -> bool:
        """Whether a task waits for certain tasks: what those wait for is what counts."""
        found = self.found(task)
        return found is not None and found.row.ended_by is EndedBy.ALL

    # -- by variables -----------------------------------------------------------------

    @property
    def everybody_asked(self) -> bool:
        """Whether the variables of all tasks were looked at, as far as that was necessary."""
        return self._references.complete

    def enders(self, task: Task) -> tuple[Task, ...]:
        """The tasks of this run that could end a task's wait, as far as variables tell."""
        if task not in self._enders:
            found = self.found(task)
            self._enders[task] = () if found is None else self._enders_of(task, found)
        return self._enders[task]

    def _enders_of(self, task: Task, found: Found) -> tuple[Task, ...]:
        known = dict.fromkeys((*found.holders, *found.wakers))
        if found.keys is not None:
            have = self._references.who_has(found.keys, frozenset(found.row.verbs))
            runner = self._run.runner
            known.update((each, None) for each in have if not runs.is_system(runner, each))
        if found.row.needs is Needs.OTHER_END or found.obj is None:
            return tuple(known)
        return tuple(
            other for other in known if other is not task and not self._waits_for(other, found.obj)
        )

    def _waits_for(self, other: Task, obj: object) -> bool:
        """Whether a task waits for an object itself, and so cannot help."""
        found = self.found(other)
        return found is not None and found.obj is obj and found.kind is not WaitKind.NURSERY

    def is_closed(self, cycle: tuple[Task, ...]) -> bool:
        """Whether nobody outside of a cycle can open it."""
        return self.everybody_asked and all(
            found is None
            or found.row.ended_by is not EndedBy.ANY
            or set(self.enders(task)) <= set(cycle)
            for task, found in zip(cycle, map(self.found, cycle), strict=True)
        )

    def shortest_cycle(self, tasks: list[Task]) -> tuple[Task, ...]:
        """The shortest closed cycle, one without nurseries before one with; empty without one."""
        found = [self._cycle_from(task) for task in tasks[:_CYCLE_SEARCH]]
        closed = [cycle for cycle in found if cycle and self.is_closed(cycle)]

        def rank(cycle: tuple[Task, ...]) -> tuple[int, int]:
            nurseries = sum(
                wait.kind is WaitKind.NURSERY for wait in map(self.found, cycle) if wait
            )
            return nurseries, len(cycle)

        return min(closed, key=rank, default=())

    def _cycle_from(self, start: Task) -> tuple[Task, ...]:
        """The shortest way from a task back to itself."""
        came_from: dict[Task, Task] = {}
        todo = [start]
        for task in todo:
            for other in self.enders(task):
                if other is start:
                    path = [task]
                    while path[-1] is not start:
                        path.append(came_from[path[-1]])
                    return tuple(reversed(path))
                if other not in came_from:
                    came_from[other] = task
                    todo.append(other)
        return ()

    # -- by references ----------------------------------------------------------------

    def blocked(self, task: Task) -> Blocked | None:
        """A task of the program that waits; None when it does not."""
        found = None if runs.is_system(self._run.runner, task) else self.found(task)
        if found is None:
            return None
        return Blocked(
            task=task,
            kind=found.kind,
            key=id(found.obj if found.made is None else found.made),
            needs=(*found.holders, *found.wakers),
            mates=found.mates(),
            place=own_place(self._run.live_frames(task)),
        )

    def stuck_among(self, seen: Iterable[Blocked]) -> dict[Task, Blocked]:
        """Those of some blocked tasks that can never go on by themselves.

        Tasks are stuck together when each waits for what only another one of them can do.
        Found as the largest such set: those whose wait something else could end are left out,
        until nothing changes any more.  What remains ends by a cancellation or never.
        """
        self._let_go_of_objects()  # or they would count as held elsewhere: by this graph
        stuck = {each.task: each for each in seen if each.may_be_stuck()}
        if len(stuck) > _TOGETHER:
            return {}
        while stuck:
            wanted = [each.key for each in stuck.values() if WAITS[each.kind].counted]
            held = held_elsewhere(stuck, wanted) if wanted else set()
            if held is None:
                return {}
            free = [task for task, each in stuck.items() if not each.is_stuck(stuck, held)]
            if not free:
                break
            for task in free:
                del stuck[task]
        return stuck

    def stuck(self) -> list[Task]:
        """The tasks of the run that can never go on by themselves, by number."""
        seen: list[Blocked] = []
        for task in runs.living_tasks(self._run.runner):
            each = self.blocked(task)
            if each is not None:
                seen.append(each)
            if len(seen) == _TOGETHER:
                break
        return list(self.stuck_among(seen))
