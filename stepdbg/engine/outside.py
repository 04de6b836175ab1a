"""Stops outside of any run.

Owns: holding a thread that is in no ``trio.run``: a worker thread, code before and after a
run, or in no task of it: a signal handler.  Does not own: stops of runs (stopping).

A worker thread's own run goes on meanwhile; the stop says so.
"""

from __future__ import annotations

import threading
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg.model.stops import (
    IntoCall,
    NextLine,
    Quit,
    Resume,
    ReturnFrom,
    StepTask,
    Stop,
    UntilLine,
)

from . import capture, frames, parting, quitting, resuming, this_thread
from .clock import hold_clock
from .inspector import LiveInspector
from .interrupts import interrupts_are_ours
from .stepping import Arrival, LinePlan
from .stopping import its_turn

if TYPE_CHECKING:
    from stepdbg.model.breakpoints import BreakpointHit

    from .exception_view import ExceptionView
    from .run import DebuggedRun
    from .session import Session


class Outside:
    """A thread that is held outside of any run.

    Attributes:
        held_frame: the innermost frame of the program.
        exceptions: what has been raised, None where nothing has.
    """

    def __init__(self, frame: FrameType) -> None:
        self.held_frame = frame
        self.exceptions: ExceptionView | None = None
        self.ident = threading.get_ident()
        self.thread = this_thread.name()

    def live_frames(self) -> list[FrameType]:
        """Its frames, innermost first, without the launcher's and what is below them."""
        found = []
        frame: FrameType | None = self.held_frame
        while frame is not None and not frames.is_ours(frame):  # the launcher's
            found.append(frame)
            frame = frame.f_back
        return found


def hold_outside(
    session: Session, arrival: Arrival, hits: tuple[BreakpointHit, ...], note: str = ""
) -> None:
    """Hold the calling thread, ask the front end, and carry out what it answers.

    Raises:
        SystemExit: the user has quit; it ends the thread, and the program with its main one.
    """
    frame = arrival.frame
    if frame is None:
        return
    held = Outside(frame)
    with session.prompt, interrupts_are_ours():
        resume: Resume = Quit() if session.quitting else _ask(session, held, arrival, hits, note)
    session.last_resume = resume
    if parting.part(session, resume):
        if isinstance(resume, Quit):
            raise SystemExit(quitting.QUIT_EXIT_CODE)
        return
    session.lines.follow(_plan(held, resume))


def hold_between_steps(run: DebuggedRun, arrival: Arrival, hits: tuple[BreakpointHit, ...]) -> None:
    """Hold a run by code that runs on its thread between two of its steps.

    That is a signal handler, for most, or what a clock or an instrument of the program does.
    The run has no current task then, so the stop is the thread's; the run is held with it.
    """
    frame, session = arrival.frame, run.session
    if frame is None or run.quitting:
        return
    held = Outside(frame)
    note = f"between two steps of run {run.id}, which is held with it"
    with hold_clock(run.runner.clock), its_turn(run), interrupts_are_ours():
        run.state = "stopped"
        try:
            quits = session.quitting
            resume = Quit() if quits else _ask(session, held, arrival, hits, note)
        finally:
            run.state = "running"
        session.last_resume = resume
        if parting.part(session, resume):
            return
        session.lines.follow(_plan(held, resume))
        if isinstance(resume, StepTask):
            run.follow(resuming.plan_for(run, resume, None))


def _ask(
    session: Session,
    held: Outside,
    arrival: Arrival,
    hits: tuple[BreakpointHit, ...],
    note: str,
) -> Resume:
    session.held_outside = held
    try:
        picture = _picture(session, held, arrival, hits, note)
        return session.front_end.on_stop(picture, LiveInspector(session, None), session.controller)
    except KeyboardInterrupt:
        return Quit()
    finally:
        session.held_outside = None
        session.evaluator.forget_frames()


def _picture(
    session: Session,
    held: Outside,
    arrival: Arrival,
    hits: tuple[BreakpointHit, ...],
    note: str,
) -> Stop:
    value, raised = capture.result_picture(arrival.result)
    stack = held.live_frames()
    shown = stack[0] if arrival.chosen else frames.innermost_own(stack)
    running = [f"run {run.id}" for run in session.runs.active()]
    others = f"{' and '.join(running)} goes on meanwhile" if running else ""
    return Stop(
        kind=arrival.kind,
        run=None,
        task=None,
        step=0,
        time=0.0,
        wake=None,
        place=None if shown is None else frames.place_of(shown),
        queue_length=0,
        task_count=0,
        next_deadline=None,
        hits=hits,
        in_step=True,
        note=note or others,
        thread=held.thread,
        value=value,
        raised=raised,
    )


def _plan(held: Outside, resume: Resume) -> LinePlan | None:
    if not isinstance(resume, NextLine | IntoCall | ReturnFrom | UntilLine):
        return None
    stack = held.live_frames()[resume.frame :]
    if not stack:
        return None
    plan = resuming.line_plan(None, stack, resume, f" in thread {held.thread}")
    return plan if isinstance(plan, LinePlan) else None
