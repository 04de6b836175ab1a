"""Names of tasks that say how they came to be, to compare and repeat schedules.

Owns: `SpawnPaths`: the logical id of each task of a run.
Does not own: numbers and labels (registry), hearing of a spawn (_trio_internals.spawns).

A task is counted for the task that called `start_soon` or `start`, in whatever nursery:
which task calls what is the program's doing, while numbers and addresses differ from run to run.
"""

from __future__ import annotations

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks, waits
from stepdbg.model.facts import NOT_RECORDED, LogicalId, NotRecorded
from stepdbg.model.standard import weakref


class _Place:
    """One task's place.  Args: root, above, index: as in `LogicalId`; `above` is None at a root."""

    __slots__ = ("above", "index", "root", "spawned")

    def __init__(self, root: str, above: _Place | None = None, index: int = 0) -> None:
        self.root = root
        self.above = above
        self.index = index
        self.spawned = 0

    def next(self) -> _Place:
        """The place of the next task that this one spawns."""
        self.spawned += 1
        return _Place(self.root, self, self.spawned - 1)

    def id(self) -> LogicalId:
        """What it is called."""
        path: list[int] = []
        place = self
        while place.above is not None:
            path.append(place.index)
            place = place.above
        return LogicalId(self.root, tuple(reversed(path)))


class SpawnPaths:
    """The logical ids of one run, counted from its first spawn or not at all."""

    def __init__(self) -> None:
        self._places: weakref.WeakKeyDictionary[Task, _Place] = weakref.WeakKeyDictionary()
        self._begun = False
        self._loop, self._system = _Place("loop"), _Place("system")

    def note(self, task: Task) -> None:
        """A task is being spawned; called by who spawns it."""
        self._begun = self._begun or task.parent_nursery is None
        if self._begun:
            self._places[task] = self._place_for(task)

    def _place_for(self, task: Task) -> _Place:
        runner = tasks.runner_of(task)
        if runs.is_system(runner, task):
            # Of what belongs to no nursery of the program, Trio spawns the main task second.
            is_main = runner.main_task is None and task.parent_nursery is not None
            return _Place("main") if is_main else self._system.next()
        caller = runs.current_task()
        # What a thread or a signal handler asks for is carried out by a task of Trio's.
        if caller is None or waits.is_entry_task(caller):
            return self._loop.next()
        return self._places.get(caller, self._loop).next()

    def of(self, task: Task) -> LogicalId | NotRecorded:
        """The logical id of a task; not recorded where somebody asked too late for it."""
        place = self._places.get(task)
        return NOT_RECORDED if place is None else place.id()
