"""Reading the frames of a picture: those of its tasks and of its exceptions.

Owns: `PictureFrames`.  Does not own: the rest of what can be read (viewing), or how frames are
kept (frames, exceptions).
"""

from __future__ import annotations

from functools import cached_property

from stepdbg.model.errors import NoSuchTask, NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, RunId, TaskNumber
from stepdbg.model.failures import ExceptionNode
from stepdbg.model.task import (
    FrameRef,
    FrameSnapshot,
    SourceAge,
    TaskSnapshot,
    as_left,
)
from stepdbg.model.values import Budget, Variable

from . import sources
from .exceptions import InView, as_task
from .frames import KeptFrames
from .shapes import FramePicture, Picture, RunPicture, TaskPicture


class PictureFrames:
    """The part of an `Inspector` over a picture that reads frames.

    run: the run to read; None for the one that the picture is about.
    in_view: the exception to show; None for the one that was in view at the time.
    """

    def __init__(
        self, picture: Picture, run: RunId | None = None, in_view: InView | None = None
    ) -> None:
        self.picture = picture
        self._in_view = InView.of(picture) if in_view is None else in_view
        self._number = picture.in_view if run is None else run

    @property
    def run_id(self) -> RunId:
        """The run that is read."""
        return self._number

    @cached_property
    def _run(self) -> RunPicture:
        for each in self.picture.pictures:
            if each.run.run == self._number:
                return each
        raise StepdbgError(f"the picture shows nothing of run {self._number}")

    @property
    def _told(self) -> RunPicture:
        """The run in view.  Raises `StepdbgError` if nothing but its existence could be read."""
        if self._run.problem:
            raise StepdbgError(self._run.problem)
        return self._run

    @cached_property
    def _tasks(self) -> dict[TaskNumber, TaskPicture]:
        return {each.task.label.number: each for each in self._told.tasks}

    @cached_property
    def _lines(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _find(self, number: TaskNumber) -> TaskPicture:
        if number == NO_TASK:
            return self._outside()
        found = self._tasks.get(number)
        if found is None:
            raise NoSuchTask(
                f"there was no task {number} in run {self._number}; `tasks` lists them"
            )
        return found

    def _outside(self) -> TaskPicture:
        """What `NO_TASK` shows: the held thread, or an exception that no task is known for."""
        raised = self._in_view.shown_as(NO_TASK)
        if raised is None and self._run.outside is not None:
            return self._run.outside
        if raised is None:
            raise NoSuchTask("this stop belongs to a task; `task` shows which one")
        return as_task(raised, self.run_id)

    def task(self, number: TaskNumber) -> TaskSnapshot:
        """One task; if its exception is in view, as that left the task.  Raises `NoSuchTask`."""
        found, raised = self._find(number).task, self._in_view.shown_as(number)
        stop = self.picture.stop
        if raised is None or (stop is not None and stop.task == found.label):
            return found  # at the stop for a failure, the task is shown as that leaves it
        return as_left(found, raised.node.place)

    def _reader(self, task: TaskNumber) -> KeptFrames:
        """The frames shown for a task: those of the exception in view, or the task's own."""
        raised = self._in_view.shown_as(task)
        if raised is not None:
            return KeptFrames(raised.frames, f"exception {raised.node.number}")
        return KeptFrames(self._find(task).frames, f"task {task}")

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The task's stack, innermost first."""
        return self._reader(task).frames(task)

    def source(self, filename: str) -> tuple[str, ...]:
        """The lines of a file as they were; empty when nothing of it was kept."""
        if filename not in self._lines:
            found = sources.file_called(filename, self.picture.sources)
            self._lines[filename] = () if found is None else sources.lines_of(found)
        return self._lines[filename]

    def source_age(self, filename: str) -> SourceAge:  # noqa: ARG002 - the protocol's
        """Always `LOADED`: the picture keeps the text as it was when the picture was taken."""
        return SourceAge.LOADED

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""
        return self._reader(frame.task).source_span(frame)

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables.  Raises `NotNow` when they were not kept."""
        return self._reader(frame.task).locals(frame, budget)

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters.  Raises `NotNow` when they were not kept."""
        return self._reader(frame.task).arguments(frame, budget)

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The attributes of the objects in local variables."""
        return self._reader(frame.task).members(frame, budget)

    def _picture_of(self, frame: FrameRef) -> FramePicture:
        return self._reader(frame.task).picture(frame.index)

    def is_first_look(self, frame: FrameRef) -> bool:  # noqa: ARG002 - the protocol's
        """Always False: nothing in a picture changes between two looks."""
        return False

    def names(self, frame: FrameRef) -> tuple[str, ...]:
        """The names of the variables that were kept."""
        return tuple(sorted(each.name for each in self._picture_of(frame).variables or ()))

    def attributes(self, frame: FrameRef, path: str) -> tuple[str, ...]:
        """The names of the attributes that were kept of an object."""
        names = (each.name for each in self._picture_of(frame).members)
        return tuple(
            sorted(name.removeprefix(f"{path}.") for name in names if name.startswith(f"{path}."))
        )

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """The exceptions that had been raised.  Raises `NotNow` if nothing had failed."""
        found = tuple(self._in_view.nodes())
        if not found:
            raise NotNow("nothing had failed when this dump was written")
        return found

    def exception_frames(self, number: str) -> KeptFrames:
        """The frames of the exception with a number."""
        return KeptFrames(self._in_view.find(number).frames, f"exception {number}")

    def look_at_exception(self, number: str) -> TaskNumber:
        """Show an exception's frames as those of a task; return that task (or `NO_TASK`)."""
        return self._in_view.look_at(number)
