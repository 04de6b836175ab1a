"""The exceptions in a picture: taking them, adding them, and which one is in view.

Owns: `take_exceptions`, `with_exceptions` and `InView`.
Does not own: their tree (engine), frames (stacks, frames), or what the user asks for (viewing).
"""

from __future__ import annotations

from collections.abc import Iterator

from stepdbg.model.errors import BadUsage, NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, NOT_RECORDED, RunId, TaskNumber
from stepdbg.model.failures import ExceptionNode
from stepdbg.model.protocols import Inspector
from stepdbg.model.records import dataclass, replace
from stepdbg.model.stops import AFTER_END
from stepdbg.model.task import TaskLabel, TaskSnapshot, TaskState

from . import sources
from .secrets import type_in
from .shapes import ExceptionPicture, Picture, TaskPicture
from .stacks import StackCamera


def take_exceptions(
    inspector: Inspector, stacks: StackCamera, *, values: bool = True
) -> tuple[ExceptionPicture, ...]:
    """The exceptions that led to a stop, with their frames; empty if nothing has failed.

    stacks: takes the frames.
    values: whether to keep the exceptions' messages.
    """
    try:
        nodes = inspector.exceptions()
    except NotNow:
        return ()
    # The allowance goes to the exception that is in view first.
    order = sorted(nodes, key=lambda node: not node.in_view)
    taken = {node.number: _picture(inspector, stacks, node, values) for node in order}
    return tuple(taken[node.number] for node in nodes)


def _picture(
    inspector: Inspector, stacks: StackCamera, node: ExceptionNode, values: bool
) -> ExceptionPicture:
    stacks.note(node.place)
    frames = stacks.frames(inspector.exception_frames(node.number), NO_TASK)
    shown = node if values else replace(node, summary=type_in(node.summary))
    return ExceptionPicture(shown, frames)


def with_exceptions(picture: Picture, inspector: Inspector) -> Picture:
    """A picture of an earlier moment, with the exceptions that have been raised since.

    If they cannot be read, the picture gets a note that says why.
    """
    stacks = StackCamera(values=picture.values, mine=None)
    try:
        found = take_exceptions(inspector, stacks, values=picture.values)
        text = sources.gather(stacks.own_files, stacks.spans, inspector.source)
    except StepdbgError as error:
        return replace(
            picture, notes=(*picture.notes, f"the exceptions could not be read: {error}")
        )
    return replace(picture, exceptions=found, sources=sources.merged(picture.sources, text))


def as_task(raised: ExceptionPicture, run: RunId) -> TaskPicture:
    """A picture of a task that stands for an exception, if no living task is known for it."""
    label = TaskLabel(run, NO_TASK, f"exception {raised.node.number}", 1, False)
    state, place = TaskState.EXITED, raised.node.place
    snapshot = TaskSnapshot(label, state, False, 0, place, None, NOT_RECORDED, None, 0)
    return TaskPicture(snapshot, raised.frames)


@dataclass(slots=True)
class InView:
    """Which exception of a picture is in view; all readers of the picture share it.

    living: the tasks of the run that the picture is about.
    number: the exception in view, empty if there is none.
    task: the task that shows the exception's frames instead of its own; `NO_TASK` also does.
    """

    exceptions: tuple[ExceptionPicture, ...]
    living: frozenset[TaskNumber]
    number: str = ""
    task: TaskNumber = NO_TASK

    @classmethod
    def of(cls, picture: Picture) -> InView:
        """The exception that was in view when the picture was taken."""
        run = next(each for each in picture.pictures if each.run.run == picture.in_view)
        found = cls(picture.exceptions, frozenset(each.task.label.number for each in run.tasks))
        if picture.stop is not None and picture.stop.kind in AFTER_END:
            task = NO_TASK if picture.stop.task is None else picture.stop.task.number
            for each in picture.exceptions:
                if each.node.in_view:
                    found.number, found.task = each.node.number, task
        return found

    def nodes(self) -> Iterator[ExceptionNode]:
        """All exceptions; the one in view is marked."""
        for each in self.exceptions:
            if self.number:
                yield replace(each.node, in_view=each.node.number == self.number)
            else:
                yield each.node

    def find(self, number: str) -> ExceptionPicture:
        """The exception with a number.  Raises `NotNow`, `BadUsage`."""
        if not self.exceptions:
            raise NotNow("nothing had failed when this dump was written")
        for each in self.exceptions:
            if each.node.number == number:
                return each
        raise BadUsage(f"there is no exception {number}; `exceptions` lists them")

    def shown_as(self, task: TaskNumber) -> ExceptionPicture | None:
        """The exception whose frames are shown for a task; None if the task's own are shown."""
        return self.find(self.number) if self.number and task in (NO_TASK, self.task) else None

    def look_at(self, number: str) -> TaskNumber:
        """Look at one of the exceptions.  Raises `NotNow`, `BadUsage`.

        Returns:
            The task that now shows the exception's frames; `NO_TASK` if it did not live then.
        """
        found = self.find(number)
        label = found.node.task
        task = label.number if isinstance(label, TaskLabel) else NO_TASK
        self.number, self.task = number, task if task in self.living else NO_TASK
        return self.task
