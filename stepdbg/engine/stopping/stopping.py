"""A stop of a run: the run is held, the user is asked, the run goes on.

Owns: the order of things at such a stop.  Does not own: when to stop (noticing, stepping,
breaking), what is shown (seeing), the prompt (held), or stops outside of any run (outside).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import outcome

from stepdbg._trio_internals import runs
from stepdbg.engine.failing import exception_view, missed_handlers
from stepdbg.engine.failing.failed_frames import FailedFrames, frames_at_block, frames_at_exit
from stepdbg.engine.process import memory
from stepdbg.engine.process.guard import is_programs, report_bug
from stepdbg.engine.seeing import stops
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.model import interrupts
from stepdbg.model.depth import with_room
from stepdbg.model.records import replace
from stepdbg.model.stops import Continue, Quit, Resume, Resumed, Stop, StopKind

from . import resuming
from .held import Held
from .still import Still

if TYPE_CHECKING:
    from stepdbg.model.breakpoints import BreakpointHit
    from stepdbg.model.protocols import Inspector

    from .house import House, StoppableRun


_WITH_TOKEN = (StopKind.FAILURE, StopKind.DEADLOCK)
"""Stops of a run that show the order of the steps before them."""


class RunStops:
    """Holds one run.

    Args:
        run: the run.
        house: what all runs share.
    """

    def __init__(self, run: StoppableRun, house: House) -> None:
        self._run = run
        self._house = house

    def stop(self, stop_reason: StopReason) -> Held:
        """Hold the run, ask the front end, and carry out the answer.

        Time stands still from the first moment on, even while another run has the prompt: the
        process has one prompt, and this run waits for its turn.

        Returns:
            The stop, which is over.
        """
        return with_room(partial(self._stop, stop_reason))

    def _stop(self, stop_reason: StopReason) -> Held:
        house = self._house
        held = self._held_at(stop_reason)

        def work() -> None:
            if house.out.quitting:  # the user has quit at another run's stop meanwhile
                resume: Resume = Quit()
            elif stop_reason.kind is StopKind.START and not house.desk.stops_at_start():
                resume = Continue()  # the user said so at another run's stop meanwhile
            else:
                resume = self._show_and_ask(held, stop_reason)
            self._go_on(held, resume)

        house.desk.ask(held, self._run, work)
        if interrupts.at_stop.noted or interrupts.at_stop.sent:
            house.out.deliver_interrupt()
        return held

    def remember(self, stop_reason: StopReason) -> None:
        """Take a picture of the failing run, and let it go on."""
        with_room(partial(self._remember, stop_reason))

    def _remember(self, stop_reason: StopReason) -> None:
        run, held = self._run, self._held_at(stop_reason)
        with Still(run), run.hold.at(held):
            self._look_at_failure(held, stop_reason)
            inspector, picture = self._house.inspector(run), self._picture(held, stop_reason)
            self._house.recording.keep_stop(picture, inspector)
            self._take_picture(inspector, picture, stop_reason)

    def _take_picture(self, inspector: Inspector, picture: Stop, stop_reason: StopReason) -> None:
        result = stop_reason.result
        error = result.error if isinstance(result, outcome.Error) else None
        self._house.failures.take_picture(inspector, picture, self._run.failures, error)

    def _held_at(self, stop_reason: StopReason) -> Held:
        run, task = self._run, runs.current_task() or stop_reason.subject
        number, at_line = run.life.id, stop_reason.at_line
        held = Held(
            stop_reason.kind, task, stop_reason.frame, run=number, plan=run.plan, at_line=at_line
        )
        held.result, held.cancelled = stop_reason.result, stop_reason.cancelled
        return held

    def _picture(self, held: Held, stop_reason: StopReason) -> Stop:
        seed, several = self._house.options.seed, len(self._house.runs) > 1
        picture = stops.stop_picture(self._run, held, stop_reason, seed=seed, several=several)
        return self._house.desk.with_token(picture) if picture.kind in _WITH_TOKEN else picture

    def _look_at_failure(self, held: Held, stop_reason: StopReason) -> None:
        failed, result, book = _failed_frames(stop_reason), stop_reason.result, self._run.failures
        if failed is not None and isinstance(result, outcome.Error):
            view = exception_view.LiveExceptionView(
                result.error, lambda: book.notes, failed, held.show
            )
            held.fails(failed, view)

    def _show_and_ask(self, held: Held, stop_reason: StopReason) -> Resume:
        """Show the stop and ask; a bug of stepdbg there costs the user only this stop."""
        try:
            try:
                return self._shown_and_asked(held, stop_reason)
            except MemoryError:
                memory.give_up()
            return self._shown_and_asked(held, stop_reason)
        except BaseException as error:
            if is_programs(error):
                raise
            report_lost_stop(self._house, error, held, stop_reason.hits)
            return Continue()

    def _shown_and_asked(self, held: Held, stop_reason: StopReason) -> Resume:
        run, house = self._run, self._house
        if stop_reason.hits and stop_reason.kind is StopKind.BREAKPOINT and run.plan.name:
            held.interrupt_plan()
        if stop_reason.result is not None:
            self._look_at_failure(held, stop_reason)
        run.carried.catch_up()
        picture = self._picture(held, stop_reason)
        inspector = house.inspector(run)
        if stop_reason.kind is StopKind.FAILURE:
            picture = self._with_missed(picture, stop_reason)
        if stop_reason.first:
            self._take_picture(inspector, picture, stop_reason)
        knots = run.deadlocks.new_knots() if stop_reason.deadlock is None else ()
        lints = run.new_lints(deadlocked=stop_reason.deadlock is not None)
        if knots or lints:
            picture = replace(picture, knots=knots, lints=lints)
        house.recording.keep_stop(picture, inspector)
        try:
            return house.desk.show(picture, inspector)
        except KeyboardInterrupt:  # from a front end that waited for a client, not for a user
            return Quit()

    def _with_missed(self, picture: Stop, stop_reason: StopReason) -> Stop:
        """Add the `except` that will not catch the group with the task's exception."""
        task, result = stop_reason.subject, stop_reason.result
        if task is None or not isinstance(result, outcome.Error):
            return picture
        found = missed_handlers.going_to_miss(result.error, task)
        if found is None:
            return picture
        self._house.failures.missed.add(found.key)
        return replace(picture, missed=found)

    def _go_on(self, held: Held, resume: Resume) -> None:
        run, house = self._run, self._house
        house.desk.answered(resume)
        memory.go_on()
        if isinstance(resume, Quit):
            house.tell(Resumed(run.life.id, "quit"))
        if house.out.take(resume):
            return
        plan = resuming.plan_for(run, resume, held)
        house.tell(Resumed(run.life.id, plan.name or "continue"))
        run.resume(plan)


def _failed_frames(stop_reason: StopReason) -> FailedFrames | None:
    task, result = stop_reason.subject, stop_reason.result
    if task is None or not isinstance(result, outcome.Error):
        return None
    if task.coro.cr_frame is None:
        return frames_at_exit(task, result.error)
    raised = stop_reason.kind is StopKind.FAILURE or stop_reason.kind is StopKind.BREAKPOINT
    if raised and stop_reason.frame is not None:
        return frames_at_block(task, result.error, stop_reason.frame)
    return None


def report_lost_stop(
    house: House, error: BaseException, held: Held, lost: tuple[BreakpointHit, ...]
) -> None:
    """Say that a bug of stepdbg has prevented a stop; its breakpoints are switched off.

    Args:
        held: the stop.
        lost: the breakpoints that were hit there.
    """
    frame = held.frame
    place = "" if frame is None else f" at {frame.f_code.co_filename}:{frame.f_lineno}"
    switched_off = house.hits.decider.lose(lost) if lost else ""
    then = ", and ".join(filter(None, ("your program goes on without this stop", switched_off)))
    report_bug(error, f"showing a stop ({held.kind}){place}", then)
