"""Names of tasks made from how they were spawned, to compare and repeat schedules.

Owns: `SpawnPaths`: the logical id of each task of a run, including ended ones.
Does not own: numbers and labels (registry), noticing a spawn (_trio_internals.spawns).

A task counts for the task that called `start_soon` or `start`, in any nursery.  The program decides
which task calls what, whereas numbers and addresses differ from run to run.
"""

from __future__ import annotations

from array import array

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks, waits
from stepdbg.model.facts import NOT_RECORDED, LogicalId, NotRecorded
from stepdbg.model.standard import bisect

_LOOP, _SYSTEM, _MAIN = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
"""Instead of a spawner's number: no task spawned it; Trio itself did; it is the main task."""

_ROOTS = {_LOOP: "loop", _SYSTEM: "system"}

_MOST = 10_000_000


class SpawnPaths:
    """The logical ids of one run, counted from its first spawn or not at all.

    A note takes eight bytes, and four more once an id was needed; it outlives its task.
    """

    def __init__(self) -> None:
        self._born = array("I")  # the numbers of the tasks, which grow
        self._by = array("I")  # the spawner of each task
        self._index = array("I")  # the place of each among its spawner's tasks, as far as counted
        self._spawned: dict[int, int] = {}
        self._numbers: dict[tuple[int, int], int] | None = None  # by spawner and place
        self._begun = False

    def note(self, task: Task) -> None:
        """Note a spawn; called within the step of the task that spawns."""
        if not self._begun:
            if task.parent_nursery is not None:
                return
            self._begun = True
        if len(self._born) < _MOST:
            self._born.append(tasks.number(task))
            self._by.append(_spawner_of(task))

    def of(self, task: Task) -> LogicalId | NotRecorded:
        """The logical id of a task; not recorded if counting began after its spawn."""
        return self.of_number(tasks.number(task)) or NOT_RECORDED

    def of_number(self, number: int) -> LogicalId | None:
        """The logical id of a task by its number; None if its spawn was not noted."""
        self._count()
        path: list[int] = []
        while number not in _ROOTS:
            place = bisect.bisect_left(self._born, number)
            if place == len(self._born) or self._born[place] != number:
                return None
            by = self._by[place]
            if by == _MAIN:
                return LogicalId("main", tuple(reversed(path)))
            path.append(self._index[place])
            number = by
        return LogicalId(_ROOTS[number], tuple(reversed(path)))

    def number_of(self, wanted: LogicalId) -> int | None:
        """The number of a task by its logical id; None if there is no such task so far."""
        self._count()
        if self._numbers is None:
            self._numbers = {}
            self._number_from(0)
        if wanted.root == "main" and not wanted.path:
            return self._numbers.get((_MAIN, 0))
        number = {"loop": _LOOP, "system": _SYSTEM}.get(wanted.root, self._numbers.get((_MAIN, 0)))
        for index in wanted.path:
            number = None if number is None else self._numbers.get((number, index))
        return number

    def _number_from(self, begin: int) -> None:
        """Add the tasks spawned since the last call, for `number_of`."""
        if self._numbers is not None:
            for place in range(begin, len(self._born)):
                self._numbers[self._by[place], self._index[place]] = self._born[place]

    def _count(self) -> None:
        counted = len(self._index)
        for place in range(counted, len(self._born)):
            by = self._by[place]
            index = self._spawned.get(by, 0)
            self._spawned[by] = index + 1
            self._index.append(index)
        self._number_from(counted)


def _spawner_of(task: Task) -> int:
    runner = tasks.runner_of(task)
    if runs.is_system(runner, task):
        # Of the tasks outside the program's nurseries, Trio spawns the main task second.
        is_main = runner.main_task is None and task.parent_nursery is not None
        return _MAIN if is_main else _SYSTEM
    caller = runs.current_task()
    # A task of Trio's carries out what a thread or a signal handler asks for.
    if caller is None or waits.is_entry_task(caller):
        return _LOOP
    return tasks.number(caller)
