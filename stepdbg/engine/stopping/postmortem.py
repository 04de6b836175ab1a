"""The stop after the end: the exception that has left the program, its frames, and the last state.

Owns: holding the thread that the program has left, and the `Stop` there.
Does not own: reading (seeing.postmortem_inspector), when to stop (launcher), the exceptions
(failing.exception_view).

Nothing can go on from there: whatever the user says, the program ends as it would have.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from stepdbg.engine.describing.values import describe_whole
from stepdbg.engine.failing import missed_handlers
from stepdbg.engine.failing.exception_view import ExceptionView, there
from stepdbg.engine.failing.failed_frames import FailedFrames, frames_of_error
from stepdbg.engine.failing.failures import is_failure
from stepdbg.engine.seeing import stops
from stepdbg.engine.seeing.postmortem_inspector import PostMortemInspector
from stepdbg.engine.seeing.seen import Home, SeenRun, SeenRuns
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, TaskNumber
from stepdbg.model.records import replace
from stepdbg.model.standard import sys
from stepdbg.model.stops import Continue, Quit, Restart, Stop, StopKind
from stepdbg.model.values import Budget, value_named

from .held import Held, Outside
from .house import House, KnownRun, KnownRuns, StoppableRun
from .still import Still

if TYPE_CHECKING:
    from stepdbg.engine.failing.failures import Camera, FailureNote
    from stepdbg.model.lints import MissedHandler
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Resume
    from stepdbg.model.task import FrameRef
    from stepdbg.model.values import Value


class RunAfterwards(SeenRun, KnownRun, Protocol):
    """A run that stepdbg remembers when an exception has left the program."""


class RunsAfterwards(SeenRuns, KnownRuns, Protocol):
    """The runs of the process."""

    def active(self) -> Sequence[RunAfterwards]: ...


class HouseAfterwards(House, Home, Protocol):
    """What is needed when an exception has left the program."""

    @property
    def runs(self) -> RunsAfterwards: ...
    def join_run_here(self, since: float | None = None) -> StoppableRun | None: ...


class DeadThread(Outside):
    """A thread that the program has left; see `Outside`.

    Args:
        house: what all runs share.
        error: the exception that has left the program; None if the program has returned.
        status: the exit status of the program; None if it does not end.
        last: what is left of the last run, if the stop is about that.

    Attributes:
        owner: the task whose frames are in view; `NO_TASK` if that is not known.
        picture: the tasks when this happened, if a picture was taken; else `last`.
    """

    def __init__(
        self,
        house: HouseAfterwards,
        error: BaseException | None,
        status: int | None = None,
        last: Inspector | None = None,
    ) -> None:
        super().__init__(StopKind.POST_MORTEM, sys._getframe())  # noqa: SLF001 - documented
        self.owner, self.picture = NO_TASK, last
        self._pictured: list[FailureNote] = []
        self._found: tuple[str, FailedFrames] | None = None
        if error is not None:
            books = [run.failures for run in house.runs.active()]
            self.picture = house.failures.picture_for(error, books) or self.picture
            self._pictured = house.failures.pictured
            notes = house.failures.all_notes(books)
            self.exceptions = ExceptionView(error, lambda: notes)
            self.owner = self.look_at(self.view.tree.first())
        if status is not None and not (error is not None and is_failure(self.view.error)):
            self.kind = StopKind.ENDED

    @property
    def view(self) -> ExceptionView:
        """The exceptions.  Raises `NotNow` when the stop is over."""
        return there(self.exceptions)

    def end(self) -> None:
        """Keep nothing alive, because front ends keep what reads a stop until the next one."""
        super().end()
        self._found = None
        del self.frame  # its callers are the program's

    def look_at(self, number: str) -> TaskNumber:
        """Look at one of the exceptions.  Raises `BadUsage`.

        Returns:
            The task that failed with it; `NO_TASK` if the picture does not show that task as the
            exception left it.
        """
        self.owner = self.view.select(number)
        if self.is_later():
            self.owner = NO_TASK
        try:
            if self.picture is not None:
                self.picture.task(self.owner)
        except StepdbgError:  # the task had ended, or did not exist yet, at that moment
            self.owner = NO_TASK
        return self.owner

    def is_pictured(self) -> bool:
        """Whether there is a picture of when this happened, and not of something earlier."""
        owner = self.view.tree.owner(self.view.selected)
        return self.picture is not None and owner is not None and self.owner != NO_TASK

    def is_later(self) -> bool:
        """Whether the exception in view was raised after the failure of which a picture was taken.

        False if no such picture was taken, or if no task is known to have failed with it.
        """
        pictured = self._pictured
        if self.exceptions is None or not pictured:
            return False
        note = self.view.tree.owner(self.view.selected)
        return note is not None and all(note is not each for each in pictured)

    def kept(self, frame: FrameRef, source: str) -> Value | None:
        """What is left of a variable whose frame is gone.

        Returns:
            None if the frame belongs to the exception, or if nothing was kept under that name.
        """
        if self.picture is None or frame.task in (NO_TASK, self.owner):
            return None
        kept = self.picture.locals(frame, Budget()) + self.picture.members(frame, Budget())
        return value_named(kept, source)

    def failed_frames(self) -> FailedFrames:
        """The frames of the exception in view."""
        if self.exceptions is None:
            return FailedFrames(None, (), 0)
        if self._found is None or self._found[0] != self.view.selected:
            self._found = self.view.selected, self.view.frames(self.view.selected)
        return self._found[1]

    def live_frames(self) -> list[FrameType]:
        """The frames of the exception in view, innermost first."""
        return self.failed_frames().live_frames()

    def live_frame(self, index: int) -> FrameType:
        """One of these frames, whose variables can be read.  Raises `NoSuchFrame`."""
        return self.failed_frames().frame_at(index)


def _last_run(house: HouseAfterwards) -> Inspector | None:
    """What is left of the last run, if all runs have ended."""
    known = house.runs.all()
    return house.inspector(known[-1]) if known and not house.runs.active() else None


def hold_post_mortem(
    house: HouseAfterwards,
    error: BaseException | None,
    *,
    status: int | None = None,
    camera: Camera | None = None,
    afterwards: str = "",
    since: float | None = None,
) -> Resume | None:
    """Ask the front end about an exception that nobody will catch any more.

    error: the exception; None if the program has returned.
    status: the exit status, if the user is asked at any end; None: only after failures.
    camera: given if the program itself asks (then any exception will do); takes the picture of a
        run that is still under way.
    afterwards: tells the user what comes next; empty if nothing does.
    since: the moment of `perf_counter` from which nothing of the program has run; None: now.

    Returns:
        The user's answer.  None when there was nothing to ask about: the user has quit, or the
        exception is not a failure (Ctrl-C, an exit), or it carries no frame of the program.
    """
    if house.out.quitting or house.desk.is_held_here():
        return None
    run = house.join_run_here(since)
    with Still(run, since):
        if status is None and not is_asked_about(error, camera):
            return None
        # Where the program itself asks, that run may have nothing to do with the exception.
        last = _last_run(house) if camera is None else None
        held = DeadThread(house, error, status, last)
        if held.kind is StopKind.ENDED:
            afterwards = f"the program ends with status {status}"
        resume = _asked(house, held, run, camera, afterwards)
    house.desk.answered(Continue())
    if isinstance(resume, Restart):
        house.out.take(resume)
    if camera is not None:  # the program has asked, and goes on
        house.out.deliver_interrupt()
    return resume


def is_asked_about(error: BaseException | None, camera: Camera | None = None) -> bool:
    """Whether there is something to look at after an exception.

    Args:
        error: the exception, None where there is none.
        camera: see `hold_post_mortem`.
    """
    if error is None or not has_frames(error):
        return False
    return camera is not None or is_failure(error)


def _asked(
    house: HouseAfterwards,
    held: DeadThread,
    run: StoppableRun | None,
    camera: Camera | None,
    afterwards: str,
) -> Resume:
    def work(_: object) -> Resume:
        if camera is not None and run is not None and not held.is_pictured():
            held.picture = camera(house.inspector(run), None)
        try:
            inspector = PostMortemInspector(house, held)
            note = "; ".join(filter(None, (afterwards, stops.seed_note(house.options.seed))))
            stop = replace(_picture(held), note=note, missed=_missed(house, held))
            return house.desk.show(house.desk.with_token(stop), inspector)
        except KeyboardInterrupt:
            return Quit()

    return house.desk.ask_outside(held, lambda: None, work)


def _missed(house: HouseAfterwards, held: DeadThread) -> MissedHandler | None:
    """The `except` that did not catch the group, unless the stop at its failure showed it."""
    seen = held.exceptions
    found = None if seen is None else missed_handlers.missed_by(seen.tree.error("1"))
    reported = found is not None and found.key in house.failures.missed
    return None if reported else found


def has_frames(error: BaseException) -> bool:
    """Whether an exception or a group's member has a traceback with frames not ours."""
    if isinstance(error, BaseExceptionGroup) and any(has_frames(each) for each in error.exceptions):
        return True
    return bool(frames_of_error(error))


def refuse_to_await(coroutine: Coroutine[object, object, object]) -> object:
    """Say that nothing can be awaited any more."""
    coroutine.close()
    raise NotNow("nothing runs after the end, so nothing can be awaited")


def look_at_exception(held: Held | None, number: str) -> TaskNumber:
    """Look at one exception.  Raises `NotNow`, `BadUsage`."""
    if isinstance(held, DeadThread):
        return held.look_at(number)
    return there(None if held is None else held.exceptions).select(number)


def look_back(house: HouseAfterwards, error: BaseException) -> tuple[PostMortemInspector, Stop]:
    """Read an exception as at the stop after the end, but without a stop: for a dump.

    Returns:
        What reads it, and the stop that there would be.
    """
    held = DeadThread(house, error)
    return PostMortemInspector(house, held), _picture(held)


def _picture(held: DeadThread) -> Stop:
    seen, picture = held.exceptions, held.picture
    note = None if seen is None else seen.tree.owner(seen.selected)
    run = None if picture is None or note is None else picture.run()
    known = picture is not None and note is not None and held.owner != NO_TASK
    later = note if note is not None and held.is_later() else None
    time = 0.0 if run is None else run.time
    return Stop(
        kind=held.kind,
        run=None if run is None else run.run,
        task=note.task if note is not None and known else None,
        step=0,
        time=time if later is None else later.time,
        wake=None,
        place=held.failed_frames().doing(),
        queue_length=0 if run is None else run.queue_length,
        task_count=0 if run is None else run.task_count,
        next_deadline=None if run is None else run.next_deadline,
        in_step=True,
        thread="" if held.thread == "MainThread" else held.thread,
        raised="" if seen is None else describe_whole(seen.tree.error("1")),
        failed=None if later is None else later.task,
    )
