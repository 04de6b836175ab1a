"""Who is called what: names, ordinals and birthplaces of a run's tasks.

Owns: what `task_spawned` notes down for each task, and the labels made of it.
Does not own: live tasks (Trio does) or what wakes them (recorder).

The note is a bare tuple made in the hook, since a spawn may cost at most a tenth more than
without us; lines and labels are worked out when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType, FrameType
from typing import NamedTuple

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.facts import NOT_RECORDED, NotRecorded, RunId, TaskNumber
from stepdbg.model.task import Spawn, TaskLabel

from .frames import first_own_caller, is_own, line_of, place_of_code

_ENDED_KEPT = 2_000
"""How many ended tasks keep their notes, so that what they did can still be told."""


class Note(NamedTuple):
    """What was noted of a task: `code` and `instruction` are where it was spawned."""

    name: str
    ordinal: int
    parent: int | None
    code: CodeType | None
    instruction: int
    attached: bool


class Registry:
    """The notes of one run.

    Args:
        run: the run's number, for the labels.
    """

    def __init__(self, run: RunId) -> None:
        self._run = run
        self._notes: dict[int, Note] = {}
        self._counts: dict[str, int] = {}
        self._limit = 2 * _ENDED_KEPT

    def note(self, task: Task, frame: FrameType | None, parent: Task | None) -> None:
        """Note a task that was just spawned.

        Args:
            frame: the caller of Trio's spawning function; its nearest own caller counts.
            parent: the task that spawned it, None when no task did.
        """
        if frame is not None and not is_own(frame.f_code.co_filename):
            frame = first_own_caller(frame) or frame
        name = task.name
        ordinal = self._counts[name] = self._counts.get(name, 0) + 1
        number = tasks.number(task)
        by = None if parent is None else tasks.number(parent)
        if frame is None:
            self._notes[number] = Note(name, ordinal, by, None, 0, True)
        else:
            self._notes[number] = Note(name, ordinal, by, frame.f_code, frame.f_lasti, True)

    def adopt(self, living: Iterable[Task]) -> None:
        """Note tasks that were spawned before we attached; where is not known."""
        for task in living:
            number = tasks.number(task)
            if number not in self._notes:
                ordinal = self._counts[task.name] = self._counts.get(task.name, 0) + 1
                self._notes[number] = Note(task.name, ordinal, None, None, 0, False)

    def is_full(self) -> bool:
        """Whether `forget_ended` is due."""
        return len(self._notes) > self._limit

    def forget_ended(self, living: Iterable[Task]) -> None:
        """Keep the notes of living tasks and of those that were spawned last."""
        alive = {tasks.number(task) for task in living}
        ended = [number for number in self._notes if number not in alive]
        for number in ended[:-_ENDED_KEPT]:
            note = self._notes.pop(number)
            if self._counts.get(note.name) == 1:
                del self._counts[note.name]
        self._limit = 2 * (len(alive) + _ENDED_KEPT)

    def label(self, number: int, name: str = "") -> TaskLabel:
        """How a task is called; `name` serves where nothing was noted."""
        note = self._notes.get(number)
        if note is None:
            return TaskLabel(self._run, TaskNumber(number), name or "an earlier task", 1, False)
        repeated = self._counts.get(note.name, 1) > 1
        return TaskLabel(self._run, TaskNumber(number), note.name, note.ordinal, repeated)

    def label_of(self, task: Task) -> TaskLabel:
        """How a living task is called."""
        return self.label(tasks.number(task), task.name)

    def knows(self, number: int) -> bool:
        """Whether a task of this number has lived in this run (and is not forgotten)."""
        return number in self._notes

    def spawn_of(self, task: Task) -> Spawn | NotRecorded:
        """Where a task was spawned, not recorded for one from before we attached."""
        note = self._notes.get(tasks.number(task))
        if note is None or not note.attached:
            return NOT_RECORDED
        by = None if note.parent is None else self.label(note.parent)
        if note.code is None or not is_own(note.code.co_filename):
            return Spawn(by, None)
        return Spawn(by, place_of_code(note.code, line_of(note.code, note.instruction)))


def spawning_frame(hook_frame: FrameType) -> FrameType | None:
    """The frame that asked Trio for a task, seen from a `task_spawned` hook.

    The callers of the hook are Trio's: `Instruments.call`, `spawn_impl`, then `start_soon`
    or one of its relatives.
    """
    frame: FrameType | None = hook_frame
    for _ in range(4):
        frame = None if frame is None or frame.f_code is runs.LOOP_CODE else frame.f_back
    return frame
