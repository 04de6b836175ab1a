"""Why a run is held, and the picture of the stop.

Owns: `StopReason`, and the `Stop` that front ends see.
Does not own: holding (stopping), the tasks in the picture (capture).
"""

from __future__ import annotations

from math import inf
from types import CodeType, FrameType
from typing import TYPE_CHECKING

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.cancelling import happening
from stepdbg.engine.describing import values
from stepdbg.engine.histories import parties
from stepdbg.engine.stacks import frames, ways_out
from stepdbg.engine.waiting import standing
from stepdbg.model.records import dataclass
from stepdbg.model.stops import Stop, StopKind
from stepdbg.model.values import Budget, Value

from . import capture

if TYPE_CHECKING:
    from stepdbg.engine.cancelling.happening import Happening
    from stepdbg.model.breakpoints import BreakpointHit
    from stepdbg.model.deeds import Party
    from stepdbg.model.task import Way
    from stepdbg.model.waits import Deadlock

    from .seen import SeenRun, ShownHeld


@dataclass(frozen=True, slots=True)
class StopReason:
    """Why a run is about to be held.

    subject: the task that the stop is about; None when nothing is runnable.
    frame: the innermost frame of the program, for a stop inside a step.
    result: what was returned or raised, where a call or task ends.
    first: whether it is a failure that does not follow from another one.
    chosen: whether the user asked for this very frame; if not, the innermost frame of own code says
        more.
    at_line: whether the program's own code is the caller, and can take an exception there.
    commands: lines that the program wants to have run at the stop.
    over: whether the stop is about the step that has just ended, and not about the next one.
    cancelled: the scope that is being cancelled.
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
    at_line: bool = False
    commands: tuple[str, ...] = ()
    over: bool = False
    cancelled: Happening | None = None


def result_picture(result: outcome.Outcome[object] | None) -> tuple[Value | None, str]:
    """The result of a function or task: its value, or its exception in one line."""
    if result is None:
        return None, ""
    if isinstance(result, outcome.Error):
        return None, values.describe_whole(result.error)
    assert isinstance(result, outcome.Value)
    return values.describe(result.value, Budget(seconds=0)), ""


_TELLS_SEED = (StopKind.START, StopKind.FAILURE, StopKind.DEADLOCK)


def _party(run: SeenRun, task: Task | None, result: outcome.Outcome[object] | None) -> Party | None:
    """The party that an exception comes from; None if there is no exception."""
    return parties.party_of(run, task, result.error) if isinstance(result, outcome.Error) else None


def seed_note(seed: int | None) -> str:
    """What the user needs to repeat Trio's coin flips, in words; empty without a seed."""
    return "" if seed is None else f"seed {seed} (--seed {seed} repeats Trio's coin flips)"


def _ways(task: Task, result: outcome.Outcome[object]) -> tuple[Way, ...]:
    """The ways in which a task that has returned may have left the loop of its function."""
    code = getattr(task.coro, "cr_code", None)
    if not isinstance(code, CodeType) or not isinstance(result, outcome.Value):
        return ()
    if task.coro.cr_frame is not None or not frames.is_own(code.co_filename):
        return ()
    return ways_out.ways_out(code, none=result.value is None)


def stop_picture(
    run: SeenRun, held: ShownHeld, stop_reason: StopReason, *, seed: int | None, several: bool
) -> Stop:
    """The picture of the stop at which a run has arrived.

    Args:
        run: the run, which is held.
        held: the stop that holds it.
        occasion: why.
        seed: the seed of Trio's coin; None if there is none.
        several: whether there are other runs: then the picture names this one.
    """
    task = stop_reason.subject
    task_count, queue_length = capture.crowd(run)
    deadline = runs.next_deadline(run.runner)
    stack = [] if task is None else run.live_frames(task)
    value, raised = (None, "") if stop_reason.result is None else result_picture(stop_reason.result)
    doing = standing.doing(run, task, stack)
    step = 0
    if task is not None:
        step = tasks.steps_done(task) if stop_reason.over else tasks.steps_taken(task) + 1
    wake = None
    blocked = stop_reason.cancelled is not None and stop_reason.cancelled.by is None
    if task is not None and stop_reason.kind is not StopKind.FAILURE and not blocked:
        wake = (standing.wake_of_last if stop_reason.over else standing.wake_of)(run, task)
    cancelled = None
    if stop_reason.cancelled is not None:
        cancelled = happening.picture(run, run.registry, stop_reason.cancelled)
    seed_told = seed_note(seed) if stop_reason.kind in _TELLS_SEED else ""
    return Stop(
        kind=stop_reason.kind,
        run=run.life.id,
        task=None if task is None else run.registry.label_of(task),
        step=step,
        time=run.life.time(),
        wake=wake,
        place=frames.place_of(stack[0]) if stop_reason.chosen and stack else doing,
        queue_length=queue_length,
        task_count=task_count,
        next_deadline=None if deadline == inf else runs.time_left(run.runner, deadline),
        hits=stop_reason.hits,
        passed=held.plan.passed(),
        in_step=held.frame is not None and task in (None, held.task),
        shown_run=several,
        note="; ".join(filter(None, (stop_reason.note or held.plan.note(), seed_told))),
        value=value,
        raised=raised,
        party=_party(run, task, stop_reason.result) if raised else None,
        deadlock=stop_reason.deadlock,
        unfinished="" if held.unfinished is None else held.unfinished.name,
        commands=stop_reason.commands,
        ways=() if task is None or stop_reason.result is None else _ways(task, stop_reason.result),
        cancelled=cancelled,
    )
