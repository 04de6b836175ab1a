"""Whether an event is a hit.

Owns: asking a breakpoint's task pattern, condition, ignore and hit counts, and printing
log points.  Does not own: the breakpoints (breakpoints) or what notices events.
"""

from __future__ import annotations

import contextvars
from collections.abc import Collection, Iterable
from types import FrameType
from typing import TYPE_CHECKING

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.breakpoints import BreakpointHit, IdleTarget, SlowTarget, TaskEvent
from stepdbg.model.stops import Note

from . import exceptions, quitting
from .conditions import ask, log_line
from .frames import innermost_own, task_frames

if TYPE_CHECKING:
    from .breakpoints import Breakpoint
    from .run import DebuggedRun
    from .session import Session


def hits_of_task(
    run: DebuggedRun, candidates: Iterable[Breakpoint], task: Task, frame: FrameType | None = None
) -> tuple[BreakpointHit, ...]:
    """The breakpoints among `candidates` that an event of a task hits.

    Args:
        frame: where conditions are asked; None for the task's innermost own frame.
    """
    label = run.registry.label_of(task)
    wanted = [each for each in candidates if each.matches(label)]
    if not wanted:
        return ()
    where = frame or innermost_own(task_frames(task))
    context = task.context if frame is None else None
    return decide(run.session, wanted, where, context)


def hits_on(
    run: DebuggedRun, task: Task, events: Collection[TaskEvent]
) -> tuple[BreakpointHit, ...]:
    """The breakpoints on these moments in a task's life that are hit now."""
    about = run.session.breakpoints.about_task(task.name)
    waiting = [each for each in about if each.event in events]
    return hits_of_task(run, waiting, task) if waiting else ()


def hits_at_line(
    session: Session, wishes: Iterable[Breakpoint], frame: FrameType
) -> tuple[BreakpointHit, ...]:
    """The breakpoints that a line of the program hits; with a task pattern only inside tasks."""
    wanted = [each for each in wishes if each.pattern is None or _is_about(each, session)]
    if not wanted or session.quitting:
        return ()
    if (session.held or session.held_outside) and session.is_held_here():
        return ()
    return decide(session, wanted, frame, None)


def refused_task(wishes: Iterable[Breakpoint]) -> str | None:
    """The current task's name, if none of these breakpoints is about tasks of that name."""
    task = runs.current_task()
    if task is None or any(each.may_match(task.name) for each in wishes):
        return None
    return task.name


def _is_about(each: Breakpoint, session: Session) -> bool:
    task = runs.current_task()
    if task is None or not each.may_match(task.name):
        return False
    run = session.runs.of_runner(tasks.runner_of(task))
    return run is not None and each.matches(run.registry.label_of(task))


def hits_at_raise(
    session: Session, error: BaseException, frame: FrameType
) -> tuple[BreakpointHit, ...]:
    """The breakpoints that an exception hits when it comes to the program's own code.

    Args:
        frame: the own code that raises it, or calls or awaits what does.
    """
    wanted = exceptions.wanted(session.breakpoints, error)
    if not wanted or session.quitting or session.is_held_here():
        return ()
    return decide(session, wanted, frame, None)


def hits_at_exit(
    run: DebuggedRun, task: Task, result: outcome.Outcome[object]
) -> tuple[BreakpointHit, ...]:
    """The breakpoints that a task's exit hits."""
    table = run.session.breakpoints
    events = {TaskEvent.EXIT}
    hits: tuple[BreakpointHit, ...] = ()
    if isinstance(result, outcome.Error) and quitting.is_failure(result.error):
        events.add(TaskEvent.FAIL)
        uncaught = exceptions.wanted(table, result.error, uncaught=True)
        hits = decide(run.session, uncaught, None, None)
    return hits + hits_on(run, task, events)


def hits_when_slow(run: DebuggedRun, task: Task, seconds: float) -> tuple[BreakpointHit, ...]:
    """The breakpoints that a step of this length hits."""
    slow = [
        each
        for each in run.session.breakpoints.enabled(SlowTarget)
        if isinstance(each.spec.target, SlowTarget) and seconds > each.spec.target.seconds
    ]
    return hits_of_task(run, slow, task) if slow else ()


def hits_when_idle(session: Session) -> tuple[BreakpointHit, ...]:
    """The breakpoints that an idle run hits."""
    return decide(session, session.breakpoints.enabled(IdleTarget), None, None)


def decide(
    session: Session,
    wanted: Iterable[Breakpoint],
    frame: FrameType | None,
    context: contextvars.Context | None,
) -> tuple[BreakpointHit, ...]:
    """Which of these breakpoints stop the run; counts hits, clears temporary ones.

    Args:
        frame: where conditions are asked and log texts filled in.
        context: the context variables to see there; None when they are entered already.
    """
    hits: tuple[BreakpointHit, ...] = ()
    for each in wanted:
        holds, problem = True, ""
        if each.condition is not None:
            if frame is None:
                problem = "there is no Python frame to ask the condition in"
            else:
                holds, problem = ask(each.condition, frame, context)
        if not holds or not _counts(each):
            continue
        if each.log is not None and frame is not None and not problem:
            session.tell(Note(log_line(each.log, frame, context), "log"))
            continue
        hits += (each.as_hit(problem),)
        if each.spec.temporary:
            session.breakpoints.remove(each.number)
            session.breakpoints_changed()
    return hits


def _counts(each: Breakpoint) -> bool:
    each.hits += 1
    if each.ignore > 0:
        each.ignore -= 1
        return False
    count = each.spec.hit_count
    return count is None or count.holds(each.hits)
