"""What is looked at: a run, a task of it, a frame of that task.

Owns: `Viewpoint`.  Does not own: finding the task that a user names (task_names), or the
commands that move the view (frames, tasks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.errors import NoSuchFrame, NotNow, StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.records import dataclass
from stepdbg.model.task import FrameRef, FrameSnapshot, Origin, Place, TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepdbg.model.protocols import Inspector


@dataclass(frozen=True, slots=True)
class Listed:
    """How far `list` has come: the file, and the last line shown."""

    filename: str
    last: int


class Viewpoint:
    """The run, task and frame in view.

    inspector: reads the run.
    task: None when there is none to look at.
    listed: what `list` goes on from; forgotten whenever the view moves.
    left: the frames of the task that the view has moved away from, to come back to.
    """

    def __init__(self, inspector: Inspector, task: TaskNumber | None) -> None:
        self.inspector = inspector
        self.task = task
        self.listed: Listed | None = None
        self.left: set[int] = set()
        self._frame: int | None = None

    def task_number(self) -> TaskNumber:
        """The task in view.  Raises `NotNow` when there is none."""
        if self.task is None:
            self.inspector.tasks()  # of a run that has ended: raises with that as the cause
            raise NotNow("no task is in view; `task TASK` looks at one")
        return self.task

    def snapshot(self) -> TaskSnapshot:
        """The picture of the task in view.  Raises `NotNow`."""
        return self.inspector.task(self.task_number())

    def look_at(self, task: TaskNumber) -> None:
        """Move the view to a task, at its innermost own frame."""
        self.task = task
        self._frame = None
        self.listed = None
        self.left.clear()

    def look_at_frame(self, index: int) -> FrameSnapshot:
        """Move the view to a frame.  Raises `NoSuchFrame`."""
        frames = self.frames()
        if not 0 <= index < len(frames):
            raise NoSuchFrame(f"there is no frame {index}: {_count(len(frames))}")
        self.left.add(self.frame().index)
        self._frame = index
        self.listed = None
        return frames[index]

    def stand_at(self, stop: Place) -> None:
        """Move the view to where a stop is, in code of a library or Trio's."""
        found = self.frames()
        if found and found[0].place == stop:
            self._frame = 0

    def frames(self) -> tuple[FrameSnapshot, ...]:
        """The frames of the task in view, innermost first."""
        return self.inspector.frames(self.task_number())

    def find_frame(self) -> FrameSnapshot | None:
        """The frame in view, None when its task has none."""
        frames = self.frames()
        if self._frame is not None and self._frame < len(frames):
            return frames[self._frame]
        return frames[first_own(frames)] if frames else None

    def frame(self) -> FrameSnapshot:
        """The frame in view.  Raises `NotNow`, `NoSuchFrame`."""
        found = self.find_frame()
        if found is None:
            raise NoSuchFrame("the task in view has no Python frame")
        return found

    def ref(self) -> FrameRef:
        """The frame in view, as the engine knows it.  Raises `NotNow`, `NoSuchFrame`."""
        return FrameRef(self.task_number(), self.frame().index)


def first_own(frames: tuple[FrameSnapshot, ...]) -> int:
    """The index of the frame to look at first.

    The innermost own one; without any, a library's innermost, or Trio's outermost.
    """
    for origin in (Origin.OWN, Origin.LIBRARY):
        for frame in frames:
            if frame.place.origin is origin:
                return frame.index
    return max(len(frames) - 1, 0)


def first_task(inspector: Inspector, before: Iterable[TaskNumber] = ()) -> TaskNumber | None:
    """The task of a run to look at first; None if its main task has ended.

    It is the main task.  But a library may have made that task around the user's function, as
    pytest-trio does for a test.  Then it is the task that runs that function, else the first task
    that is in the user's code.

    Args:
        inspector: reads the run.
        before: tasks to try before all others.
    """
    try:
        label = inspector.run().main
        main = None if label is None else inspector.task(label.number)
    except StepdbgError:  # the task has ended
        return None
    if main is None or main.doing is None or main.doing.origin is Origin.OWN:
        return None if main is None else main.label.number
    numbers = [*before, *(each.label.number for each in inspector.tasks())]
    outermost = {each: _outermost_own(inspector, each) for each in numbers[:_TRIED]}
    running = [number for number, function in outermost.items() if function]
    called = _last_part(main.label.called or main.label.name)
    of_main = [number for number in running if outermost[number] == called]
    return (of_main or running or [main.label.number])[0]


_TRIED = 100
"""At how many tasks `first_task` looks: a stop must not wait for thousands of stacks."""


def _outermost_own(inspector: Inspector, task: TaskNumber) -> str:
    """The user's function that a task runs; empty if it runs none or has ended."""
    try:
        stack = inspector.frames(task)
    except StepdbgError:
        return ""
    own = [frame.place.function for frame in stack if frame.place.origin is Origin.OWN]
    return _last_part(own[-1]) if own else ""


def _last_part(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _count(frames: int) -> str:
    if frames == 0:
        return "the task in view has none"
    if frames == 1:
        return "the task in view has only frame 0"
    return f"the task in view has frames 0 to {frames - 1}"
