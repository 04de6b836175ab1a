"""A stop: the run is held, somebody is asked, the run goes on.

Owns: the order of things at a stop.  Does not own: when to stop (run, stepping,
breakpoints) or what is shown (capture, front ends).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg.model.stops import Continue, Quit, Resume, Resumed, StepTask, StopKind

from . import capture, quitting
from .clock import hold_clock
from .interrupts import interrupts_are_ours
from .stepping import plan_for

if TYPE_CHECKING:
    from stepdbg.model.breakpoints import BreakpointHit

    from .run import DebuggedRun


def stop(
    run: DebuggedRun,
    kind: StopKind,
    task: Task | None,
    hits: tuple[BreakpointHit, ...],
    frame: FrameType | None = None,
) -> None:
    """Hold a run, ask the front end, and carry out what it answers.

    Time stands still from the first moment, also while another run has the prompt: there is
    one prompt for the process, and the other waits its turn.

    Args:
        task: whose step is about to begin or under way; None when nothing is runnable.
        frame: the innermost frame of the program, for a stop inside a step.
    """
    session = run.session
    with hold_clock(run.runner.clock), session.prompt, interrupts_are_ours():
        if session.quitting:  # the other run's user has quit meanwhile
            quitting.quit_run(run)
            return
        run.state, run.held_task, run.held_frame = "stopped", task, frame
        session.held = run
        try:
            resume = _ask(run, kind, hits)
        finally:
            session.held = None
            session.evaluator.forget_frames()
            run.state, run.held_task, run.held_frame = "running", None, None
    _go_on(run, resume)


def _ask(run: DebuggedRun, kind: StopKind, hits: tuple[BreakpointHit, ...]) -> Resume:
    session = run.session
    picture = capture.stop_picture(run, kind, hits, run.plan.passed(), run.plan.note())
    try:
        return session.front_end.on_stop(picture, session.inspector_of(run), session.controller)
    except KeyboardInterrupt:
        # Nobody at the front end wanted it: Ctrl-C where commands come from a pipe.
        return Quit()


def describe_resume(run: DebuggedRun, resume: Resume) -> str:
    """A resume in words, for logs and front ends."""
    match resume:
        case StepTask(task=number, count=count):
            who = "" if number is None else f" {run.registry.label(number)}"
            return f"step{who}{f' {count} times' if count > 1 else ''}"
        case Continue():
            return "continue"
    return "quit"


def _go_on(run: DebuggedRun, resume: Resume) -> None:
    session = run.session
    session.last_resume = resume
    session.tell(Resumed(run.id, describe_resume(run, resume)))
    if isinstance(resume, Quit):
        session.quit(hard=resume.hard)
        return
    labels: dict[int, str] = {}
    if isinstance(resume, StepTask) and resume.task is not None:
        labels[resume.task] = str(run.registry.label(resume.task))
    run.follow(plan_for(resume, labels))
