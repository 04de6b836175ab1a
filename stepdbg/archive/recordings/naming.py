"""The tasks of a recording: what each is called, where it was spawned and where it lives.

Owns: `Tasks`.
Does not own: what they do (moments, logs).
"""

from __future__ import annotations

from stepdbg.archive.codec import Damaged
from stepdbg.model.facts import NOT_RECORDED, NotRecorded, RunId, TaskNumber
from stepdbg.model.recording import NOBODY, Shape, ShapeKind
from stepdbg.model.task import Place, Spawn, TaskLabel

from .events import Events

_PLACES = (ShapeKind.SPAWNED, ShapeKind.LIVES, ShapeKind.NURSERY, ShapeKind.INSIDE)
"""The events that tell a task's name or its place in the tree."""


class Tasks:
    """All tasks that some events are about.  Raises `Damaged`.

    Attributes:
        mains: the main task of each run.
        system: Trio's own tasks.
        births: by task, the first event about it.
        parents: by task, the task in whose nursery it lives.
        opened: by task, the line that opened the nursery in which it lives, if that is known.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._labels: dict[int, TaskLabel] = {}
        self.births: dict[int, int] = {}
        self.mains: dict[RunId, TaskNumber] = {}
        self.system: set[int] = set()
        self.parents: dict[int, int] = {}
        self.opened: dict[int, Place] = {}
        self._name_all()

    def _name_all(self) -> None:
        """Number the tasks of each name in the order of their births, and note where each lives."""
        wanted = {i for i, kind in enumerate(self._events.known) if kind.kind in _PLACES}
        counts: dict[tuple[RunId, str], int] = {}
        found: list[tuple[int, Shape, int]] = []
        homes: dict[int, tuple[int, Place | None]] = {}
        shapes, tasks, known = self._events.shapes, self._events.tasks, self._events.known
        for index in [i for i, shape in enumerate(shapes) if shape in wanted]:
            shape, task = known[shapes[index]], tasks[index]
            if task == NOBODY:
                raise Damaged("one of its events names no task")
            if shape.kind is ShapeKind.NURSERY:
                homes[self._events.numbers[index]] = task, shape.place
            elif shape.kind is ShapeKind.INSIDE:
                parent, opened = homes.get(self._events.numbers[index], (task, None))
                if parent != task:
                    self.parents[task] = parent
                    if opened is not None:
                        self.opened[task] = opened
            elif task not in self.births:
                key = shape.run, shape.called or shape.name
                counts[key] = ordinal = counts.get(key, 0) + 1
                found.append((task, shape, ordinal))
                self.births[task] = index
        for task, shape, ordinal in found:
            self._add(task, shape, ordinal, counts[shape.run, shape.called or shape.name] > 1)

    def _add(self, task: int, shape: Shape, ordinal: int, repeated: bool) -> None:
        number = TaskNumber(task)
        label = TaskLabel(shape.run, number, shape.name, ordinal, repeated, shape.called)
        self._labels[task] = label
        if shape.system:
            self.system.add(task)
        if shape.detail:
            self.mains.setdefault(shape.run, number)

    def label(self, task: int) -> TaskLabel | None:
        """What a task is called; None for `NOBODY`."""
        if task == NOBODY:
            return None
        found = self._labels.get(task)
        return found or TaskLabel(RunId(1), TaskNumber(task), "an earlier task", 1, False)

    def run_of(self, task: int) -> RunId:
        """The run of a task that has a birth."""
        return self._events.known[self._events.shapes[self.births[task]]].run

    def spawn_of(self, task: int) -> Spawn | NotRecorded:
        """Which task spawned a task, and where."""
        born = self.births.get(task)
        if born is None:
            return NOT_RECORDED
        shape = self._events.known[self._events.shapes[born]]
        if shape.detail:
            return Spawn(None, None)  # the main task
        return Spawn(self.label(self._events.numbers[born]), shape.place)

    def parent_of(self, task: int) -> TaskLabel | None:
        """The task in whose nursery a task lives."""
        return self.label(self.parents.get(task, NOBODY))
