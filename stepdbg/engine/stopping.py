"""A stop: the run is held, somebody is asked, the run goes on.

Owns: the order of things at a stop.  Does not own: when to stop (run, stepping,
breakpoints) or what is shown (capture, front ends).
"""

from __future__ import annotations

from time import perf_counter
from types import FrameType
from typing import TYPE_CHECKING

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.model.records import dataclass, replace
from stepdbg.model.stops import (
    Continue,
    Quit,
    Resume,
    Resumed,
    ResumeStep,
    Stop,
    StopKind,
)

from . import capture, exception_view, parting, resuming
from .clock import hold_clock
from .failed_frames import FailedFrames, frames_at_block, frames_at_exit
from .inspector import LiveInspector
from .interrupts import interrupts_are_ours

if TYPE_CHECKING:
    from stepdbg.model.breakpoints import BreakpointHit
    from stepdbg.model.waits import Deadlock

    from .run import DebuggedRun


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a run is about to be held.

    subject: the task that the stop is about; None when nothing is runnable.
    frame: the innermost frame of the program, for a stop inside a step.
    result: what was returned or raised.
    first: it is a failure that follows from no other.
    chosen: see `Arrival`.
    """

    kind: StopKind
    subject: Task | None
    frame: FrameType | None = None
    hits: tuple[BreakpointHit, ...] = ()
    result: outcome.Outcome[object] | None = None
    note: str = ""
    first: bool = False
    deadlock: Deadlock | None = None
    chosen: bool = False


def stop(run: DebuggedRun, occasion: Occasion) -> None:
    """Hold a run, ask the front end, and carry out what it answers.

    Time stands still from the first moment, also while another run has the prompt: there is
    one prompt for the process, and the other waits its turn.
    """
    session = run.session
    begun = perf_counter()
    with hold_clock(run.runner.clock), its_turn(run), interrupts_are_ours():
        if session.quitting:  # the other run's user has quit meanwhile
            resume: Resume = Quit()
        elif occasion.kind is StopKind.START and not session.stops_at_start():
            resume = Continue()  # another run's user has said so while this one waited
        else:
            resume = _hold(run, occasion)
        _go_on(run, resume)
        run.failed = run.exceptions = None
    held = perf_counter() - begun
    run.events.slow.leave_out(held)
    if run.recorder is not None:
        run.recorder.leave_out(held)


class its_turn:  # noqa: N801 - used like a function
    """Have the prompt in the block; a run that must wait for it says so."""

    def __init__(self, run: DebuggedRun) -> None:
        self._run = run
        self._prompt = run.session.prompt

    def __enter__(self) -> None:
        run, prompt = self._run, self._prompt
        if not prompt.acquire(blocking=False):
            run.state = "waiting"
            try:
                prompt.acquire()
            finally:
                run.state = "running"

    def __exit__(self, *_: object) -> None:
        self._prompt.release()


def _hold(run: DebuggedRun, occasion: Occasion) -> Resume:
    session = run.session
    interrupted = run.plan if occasion.hits and run.plan.name else None
    if occasion.kind is not StopKind.BREAKPOINT:
        interrupted = None  # it has arrived
    run.unfinished = interrupted or (run.unfinished if occasion.hits else None)
    run.state = "stopped"
    run.held_task, run.held_frame = runs.current_task() or occasion.subject, occasion.frame
    _look_at_failure(run, occasion)
    session.held = run
    try:
        run.carried.catch_up()
        picture = capture.stop_picture(run, occasion)
        if occasion.first:
            session.failures.take_picture(LiveInspector(session, run), picture)
        cycles = run.deadlocks.new_cycles() if occasion.deadlock is None else ()
        lints = session.lints.at_stop(run, deadlocked=occasion.deadlock is not None)
        if cycles or lints:
            picture = replace(picture, cycles=cycles, lints=lints)
        return _ask(run, picture)
    finally:
        session.held = None
        session.evaluator.forget_frames()
        run.state, run.held_task = "running", None


def _ask(run: DebuggedRun, picture: Stop) -> Resume:
    session = run.session
    while True:
        try:
            inspector = LiveInspector(session, run)
            return session.front_end.on_stop(picture, inspector, session.controller)
        except KeyboardInterrupt:
            # At a terminal it gives up a command, also one that comes between two of them.
            # Where commands come from a pipe nobody at the front end wanted it.
            if not session.front_end.takes_ctrl_c:
                return Quit()


def remember(run: DebuggedRun, occasion: Occasion) -> None:
    """Take a picture of a run that fails, and let it go on."""
    with hold_clock(run.runner.clock):
        run.state = "stopped"
        run.held_task, run.held_frame = occasion.subject, occasion.frame
        _look_at_failure(run, occasion)
        try:
            picture = capture.stop_picture(run, occasion)
            run.session.failures.take_picture(LiveInspector(run.session, run), picture)
        finally:
            run.state = "running"
            run.held_task = run.held_frame = run.failed = run.exceptions = None


def _look_at_failure(run: DebuggedRun, occasion: Occasion) -> None:
    failed, result = _failed_frames(occasion), occasion.result
    run.failed, run.exceptions = failed, None
    if failed is not None and isinstance(result, outcome.Error):

        def show(frames: FailedFrames) -> None:
            run.failed = frames

        run.exceptions = exception_view.LiveExceptionView(
            result.error, lambda: run.failures.notes, failed, show
        )


def _failed_frames(occasion: Occasion) -> FailedFrames | None:
    task, result = occasion.subject, occasion.result
    if task is None or not isinstance(result, outcome.Error):
        return None
    if task.coro.cr_frame is None:
        return frames_at_exit(task, result.error)
    raised = occasion.kind is StopKind.FAILURE or occasion.kind is StopKind.BREAKPOINT
    if raised and occasion.frame is not None:
        return frames_at_block(task, result.error, occasion.frame)
    return None


def _go_on(run: DebuggedRun, resume: Resume) -> None:
    session = run.session
    frame, run.held_frame = run.held_frame, None
    session.last_resume = resume
    if isinstance(resume, Quit):
        session.tell(Resumed(run.id, "quit"))
    if parting.part(session, resume):
        return
    if isinstance(resume, ResumeStep) and run.unfinished is not None:
        plan = run.unfinished
    else:
        plan = resuming.plan_for(run, resume, frame)
    run.unfinished = None
    run.steered.before_resume()
    session.tell(Resumed(run.id, plan.name or "continue"))
    run.follow(plan)
