"""What a run that the user will be shown notes of its steps, besides its log.

Owns: `StepNotes`.
Does not own: the run (explored), what its steps touch (touching).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.engine.stacks.frames import innermost_own, place_of, task_frames
from stepdbg.model.accesses import Touched
from stepdbg.model.facts import LogicalId
from stepdbg.model.standard import os

from .touching import Touching


class StepNotes:
    """Notes the line, the name and the alternative of each step.

    touches: whether to note what own code reads and writes; for that, the code is traced.

    Attributes:
        lines: for each step, the own line at which its task stands.
        usual: for each step, the task that would have stepped in the default order.
        names: the number and the name of each task that has stepped.
        passed: see `explored.ExploredRun`.
        touched: what own code reads and writes, once the run has ended.
    """

    def __init__(self, *, touches: bool = False) -> None:
        self.touched = Touched()
        self.passed: Sequence[tuple[int, float, LogicalId]] = ()
        self._touches = touches
        self._touching: Touching | None = None
        self.lines: list[str] = []
        self.usual: list[LogicalId] = []
        self.names: dict[LogicalId, tuple[int, str]] = {}

    def begin(self, log: Sequence[LogicalId], passed: Sequence[Any]) -> None:
        """Begin a run.

        log: the task of each step so far.
        passed: the deadlines that have passed.
        """
        self.passed = passed
        if self._touches:
            self._touching = Touching(log)
            self._touching.begin()

    def end(self) -> None:
        """End the run."""
        if self._touching is not None:
            self.touched = self._touching.end()

    def step(self, task: Task, who: LogicalId, usual: LogicalId) -> None:
        """Note that a task is about to step.

        Args:
            task: the task.
            who: its logical id.
            usual: the logical id of the task that would have stepped in the default order.
        """
        self.lines.append(_line_of(task))
        self.usual.append(usual)
        if who not in self.names:
            self.names[who] = tasks.number(task), task.name.rpartition(".")[2]


def _line_of(task: Task) -> str:
    """The own line at which a task stands."""
    frame = innermost_own(task_frames(task))
    if frame is None:
        return ""
    place = place_of(frame)
    return f"{os.path.basename(place.filename)}:{place.line}: {place.text}"
