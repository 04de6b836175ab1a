"""The lines that one task runs, while a run is executed once more.

Owns: `LineNotes`, the notes, and finding the line before another one in them; `TaskLines`, the plan
that makes the notes, and arrives at a line.
Does not own: which line is sought, and from where (line_scanning), delivering lines (lines).

A line is known by its number among all lines of own code that its task has run.  That is the same
each time the run is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import cast

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.engine.stacks.frames import walk_out
from stepdbg.engine.stopping.stepping import Arrival, LinePlan, is_own_code
from stepdbg.model.stops import Passed, StopKind

Key = tuple[str, int, str]
"""What identifies a function in all copies of a process: file, first line, name."""


def key_of(code: CodeType) -> Key:
    """The key of a function."""
    return code.co_filename, code.co_firstlineno, code.co_qualname


class LineNotes:
    """The lines that a task has run so far.

    Each frame has a serial number, because a later frame may have the same address.

    Attributes:
        steps: for each line, the step in which it was run.
    """

    def __init__(self) -> None:
        self.steps: list[int] = []
        self._of_frame: dict[int, int] = {}
        self._keys: list[Key] = [("", 0, "")]
        self._callers: list[int] = [0]
        self._serials: list[int] = []
        self._lines: list[int] = []

    def __len__(self) -> int:
        """How many there are."""
        return len(self._lines)

    def add(self, frame: FrameType, line: int, step: int) -> None:
        """Note that a frame is about to run a line."""
        self._serials.append(self._of_frame.get(id(frame)) or self.begin(frame))
        self._lines.append(line)
        self.steps.append(step)

    def begin(self, frame: FrameType) -> int:
        """Note that a frame begins; return its serial number."""
        outer = (self._of_frame.get(id(each), 0) for each in walk_out(frame.f_back))
        self._callers.append(next(filter(None, outer), 0))
        self._keys.append(key_of(frame.f_code))
        serial = self._of_frame[id(frame)] = len(self._keys) - 1
        return serial

    def knows(self, frame: FrameType) -> bool:
        """Whether a frame has begun and not ended."""
        return id(frame) in self._of_frame

    def end(self, frame: FrameType) -> None:
        """Note that a frame has ended."""
        self._of_frame.pop(id(frame), None)

    def innermost(self, frames: Iterable[FrameType]) -> int:
        """The serial number of the first of some living frames that has run a line; 0: none has."""
        for each in frames:
            serial = self._of_frame.get(id(each), 0)
            if serial and self._keys[serial] == key_of(each.f_code):  # an address is used again
                return serial
        return 0

    def outermost(self) -> int:
        """The serial number of the outermost frame; 0: there was none of own code."""
        return 1 if len(self._keys) > 1 else 0

    def last_in(self, key: Key, line: int, step: int) -> int:
        """The number of the last run of a line, in a step or later; 0: there was none."""
        for at in range(len(self._lines) - 1, -1, -1):
            if self.steps[at] < step:
                break
            if self._lines[at] == line and self._keys[self._serials[at]] == key:
                return at + 1
        return 0

    def frame_of(self, number: int) -> int:
        """The serial number of the frame of a line."""
        return self._serials[number - 1]

    def before(self, serial: int, limit: int, count: int) -> int:
        """Go back from line to line, over calls.

        Args:
            serial: the serial number of the frame where that begins.
            limit: the last line that counts.
            count: how many lines to go back.

        Returns:
            The number of the line; 0: the task has not run so many.
        """
        at = limit
        for _ in range(count):
            inside = self._chain(serial)
            while at and self._serials[at - 1] not in inside:
                at -= 1
            if not at:
                return 0
            serial, at = self._serials[at - 1], at - 1
        return at + 1

    def _chain(self, serial: int) -> set[int]:
        """A frame and its callers."""
        found = set()
        while serial:
            found.add(serial)
            serial = self._callers[serial]
        return found


class TaskLines(LinePlan):
    """A plan that notes each line of own code that one task runs.

    Args:
        number: the number of the task.
        nth: arrive at this line, counted from 1; 0: at none.

    Attributes:
        arrived: whether that line was reached.
        first_step: the number of the task's first step, counted over all tasks; 0: none yet.
        at_line: called at each line with its frame.
        notes: the notes of the lines so far.
    """

    exits = False
    every_step = False

    def __init__(self, number: int, nth: int = 0) -> None:
        self.name = ""
        self.subject = cast(
            "Task", object()
        )  # no task yet; None would stand for code outside of tasks
        self.frames = []
        self.calls = is_own_code
        self.arrived = False
        self.first_step = 0
        self.at_line: Callable[[FrameType], object] | None = None
        self.notes = LineNotes()
        self._number, self._nth, self._step = number, nth, 0
        self._codes: dict[int, CodeType] = {}

    def before_step(self, number: int, task: Task | None) -> None:
        """Note that a step of a task begins next.

        Args:
            number: the number of the step, counted over all tasks.
            task: the task; None if no task steps.
        """
        self._step = number
        if task is not self.subject and task is not None and tasks.number(task) == self._number:
            self.subject, self.first_step = task, number

    def codes(self) -> list[CodeType]:
        """The functions of own code that have begun."""
        return list(self._codes.values())

    def at_step(self, task: Task) -> Arrival | None:  # noqa: ARG002 - the plan's
        """None: steps do not end the plan."""
        return None

    def at_exit(self, task: Task, result: outcome.Outcome[object]) -> Arrival | None:  # noqa: ARG002
        """None: the exit of its task does not end the plan."""
        return None

    def passed(self) -> Passed | None:
        """None: it does not matter which tasks have stepped meanwhile."""
        return None

    def on_start(self, frame: FrameType) -> bool:
        self.notes.begin(frame)
        known = id(frame.f_code) in self._codes
        self._codes[id(frame.f_code)] = frame.f_code
        return not known

    def on_resume(self, frame: FrameType) -> bool:
        return not self.notes.knows(frame) and self.on_start(frame)

    def on_line(self, frame: FrameType, line: int) -> Arrival | None:
        if id(frame.f_code) not in self._codes:
            return None
        self.notes.add(frame, line, self._step)
        if self.at_line is not None:
            self.at_line(frame)
        if len(self.notes) != self._nth:
            return None
        self.arrived = True
        return Arrival(StopKind.NEXT, frame, chosen=True)

    def on_leave(self, frame: FrameType, result: outcome.Outcome[object]) -> Arrival | None:  # noqa: ARG002
        self.notes.end(frame)
        return None
