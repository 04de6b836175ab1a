"""The stop after the end: what has left the program, with its frames.

Owns: holding the thread that an exception has left, and the `Stop` there.
Does not own: reading (postmortem_inspector), when to stop (launcher), the exceptions
(exception_view).

Nothing can go on from there: whatever the user says, the program ends as it would have.
"""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, TaskNumber
from stepdbg.model.records import replace
from stepdbg.model.stops import Continue, Quit, Restart, Stop, StopKind

from . import capture, restarting
from .clock import hold_clock
from .exception_view import ExceptionView, there
from .failed_frames import FailedFrames, frames_of_error
from .inspector import LiveInspector
from .interrupts import interrupts_are_ours
from .outside import Outside
from .postmortem_inspector import PostMortemInspector
from .quitting import is_failure
from .values import describe_exception

if TYPE_CHECKING:
    from stepdbg.model.stops import Resume

    from .failures import Camera
    from .session import Session


class DeadThread(Outside):
    """A thread that an exception has left; see `Outside`.

    Attributes:
        view: the exceptions.  task: whose frames are in view, `NO_TASK` where that is not known.
        picture: of the tasks when this happened, if one was taken.
    """

    def __init__(self, session: Session, error: BaseException) -> None:
        super().__init__(sys._getframe())  # noqa: SLF001 - documented, CPython only
        self.picture = session.failures.picture_for(error, session.runs.active())
        notes = session.failures.all_notes(session.runs.active())
        self.view = self.exceptions = ExceptionView(error, lambda: notes)
        self.task = self.look_at(self.view.tree.first())
        self._found: tuple[str, FailedFrames] | None = None

    def look_at(self, number: str) -> TaskNumber:
        """Look at one of the exceptions.  Raises `BadUsage`."""
        self.task = self.view.select(number)
        try:
            if self.picture is not None:
                self.picture.task(self.task)
        except StepdbgError:  # it did not live any more, or not yet, at that moment
            self.task = NO_TASK
        return self.task

    def is_pictured(self) -> bool:
        """Whether there is a picture of when this happened, and not of something earlier."""
        owner = self.view.tree.owner(self.view.selected)
        return self.picture is not None and owner is not None and self.task != NO_TASK

    def failed_frames(self) -> FailedFrames:
        """The frames of the exception in view."""
        if self._found is None or self._found[0] != self.view.selected:
            self._found = self.view.selected, self.view.frames(self.view.selected)
        return self._found[1]

    def live_frames(self) -> list[FrameType]:
        """The frames of the exception in view, innermost first."""
        return self.failed_frames().live_frames()

    def live_frame(self, index: int) -> FrameType:
        """One of these frames, whose variables can be read.  Raises `NoSuchFrame`."""
        return self.failed_frames().frame_at(index)


def hold_post_mortem(
    session: Session,
    error: BaseException,
    *,
    camera: Camera | None = None,
    afterwards: str = "",
) -> Resume | None:
    """Ask the front end about an exception that nobody will catch any more.

    camera: the program itself asks, so that any exception will do; takes the picture of a
        run that is still under way.
    afterwards: what comes next, for the user; empty where nothing does.

    Returns:
        What the user said; None when there was nothing to ask about: the user has quit, or the
        exception is no failure (Ctrl-C, an exit) or carries no frame of the program.
    """
    if session.quitting or session.is_held_here():
        return None
    if not has_frames(error) or (camera is None and not is_failure(error)):
        return None
    run = session.join_run_here()
    clock: AbstractContextManager[object] = nullcontext()
    if run is not None:
        clock = hold_clock(run.runner.clock)
    held = DeadThread(session, error)
    with clock, session.prompt, interrupts_are_ours():
        if camera is not None and run is not None and not held.is_pictured():
            held.picture = camera(LiveInspector(session, run), None)
        session.held_outside = held
        try:
            inspector = PostMortemInspector(session, held)
            note = "; ".join(filter(None, (afterwards, capture.seed_note(session.seed))))
            stop = replace(_picture(held, error), note=note)
            resume = session.front_end.on_stop(stop, inspector, session.controller)
        except KeyboardInterrupt:
            return Quit()
        finally:
            session.held_outside = None
            session.evaluator.forget_frames()
            session.last_resume = Continue()
    if isinstance(resume, Restart):
        session.front_end.close()
        restarting.start_again(resume)
    return resume


def has_frames(error: BaseException) -> bool:
    """Whether an exception, or a member of a group, has a traceback with frames not ours."""
    if isinstance(error, BaseExceptionGroup) and any(has_frames(each) for each in error.exceptions):
        return True
    return bool(frames_of_error(error))


def refuse_to_await(coroutine: Coroutine[object, object, object]) -> object:
    """Say that nothing can be awaited any more."""
    coroutine.close()
    raise NotNow("nothing goes on from an exception, so that nothing can be awaited")


def look_at_exception(session: Session, number: str) -> TaskNumber:
    """Look at one exception.  Raises `NotNow`, `BadUsage`."""
    if isinstance(session.held_outside, DeadThread):
        return session.held_outside.look_at(number)
    return there(None if session.held is None else session.held.exceptions).select(number)


def look_back(session: Session, error: BaseException) -> tuple[PostMortemInspector, Stop]:
    """An exception as at the stop after the end, without a stop: to write it down.

    Returns:
        What reads it, and the stop that there would be.
    """
    held = DeadThread(session, error)
    return PostMortemInspector(session, held), _picture(held, error)


def _picture(held: DeadThread, error: BaseException) -> Stop:
    note = held.view.tree.owner(held.view.selected)
    picture = held.picture
    run = None if picture is None or note is None else picture.run()
    known = picture is not None and note is not None and held.task != NO_TASK
    return Stop(
        kind=StopKind.POST_MORTEM,
        run=None if run is None else run.run,
        task=note.task if note is not None and known else None,
        step=0,
        time=0.0 if run is None else run.time,
        wake=None,
        place=held.failed_frames().doing(),
        queue_length=0 if run is None else run.queue_length,
        task_count=0 if run is None else run.task_count,
        next_deadline=None if run is None else run.next_deadline,
        in_step=True,
        thread="" if held.thread == "MainThread" else held.thread,
        raised=describe_exception(error),
    )
