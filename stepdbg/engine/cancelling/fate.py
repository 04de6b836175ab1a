"""What has happened to a cancellation around a task that has not ended.

Owns: how often it was delivered, why it is not delivered, and which handler swallowed it.
Does not own: which task caused it (waiting.cancelling), noting deliveries (recording.recorder),
or handlers in general (lines.handlers, stacks.catching).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg._trio_internals.frame_values import peek_at
from stepdbg.engine.failing import pending
from stepdbg.engine.stacks import catching, frames
from stepdbg.model.facts import NOT_RECORDED, NotDelivered, NotRecorded
from stepdbg.model.task import Fate, Origin, Place

from .entered import ScopedRun, Scopes

if TYPE_CHECKING:
    from stepdbg.engine.recording.origins import Noted
    from stepdbg.engine.recording.recorder import Recorder
    from stepdbg.engine.recording.waking import Delivered

_NURSERY = runs.NURSERY_END_CODE.co_name
_SHIELDED = "cancel_shielded_checkpoint"
_THREAD = "to_thread_run_sync"
"""The functions of Trio in which a cancellation cannot reach a task at once."""


class FatedRun(ScopedRun, Protocol):
    """The parts of a run that are needed to say what has happened to a cancellation."""

    @property
    def recorder(self) -> Recorder | None: ...


def fate_of(
    run: FatedRun, around: Scopes, scope: runs.CancelScope, task: Task, asked: Noted | None
) -> Fate:
    """Find what has happened to the cancellation of a scope around a task.

    Args:
        around: the scopes of the run.
        scope: the cancelled scope, with the task still inside.
        asked: the note about its cancellation; None without one.
    """
    stack, recorder = run.live_frames(task), run.recorder
    delivered: Delivered | None = None
    times: int | NotRecorded = NOT_RECORDED
    if recorder is not None and recorder.on and asked is not None:
        delivered = recorder.lately.delivered_to(task, asked)
        # A delivery that the task will get with its next step has not happened yet.
        times = 0 if delivered is None else delivered.times - tasks.is_being_cancelled(task)
    called = _called_of_trio(stack)
    if _NURSERY in called and _SHIELDED not in called:
        return Fate(times, NotDelivered.CHILDREN)
    if pending.is_handling_cancelled(task, stack):
        return Fate(times, unwinds=True)
    if delivered is not None and times:
        handler, written = _swallowed_by(task, stack, delivered)
        return Fate(times, handler=handler, written=written)
    reached = list(scopes.reaching(task))
    if not any(scope is each for each in reached):
        return Fate(times, NotDelivered.SHIELD, around.place(reached[-1], task))
    if tasks.is_being_cancelled(task):
        return Fate(times)  # the task gets it with its next step
    if times is NOT_RECORDED:
        return Fate(times)  # it may have been delivered and swallowed
    return Fate(times, _why_not(task, called))


def _why_not(task: Task, called: dict[str, FrameType]) -> NotDelivered | None:
    """Why a task does not get a cancellation although no shield keeps it away."""
    if _THREAD in called:
        keeps = peek_at(called[_THREAD], "abandon_on_cancel") is False
        return NotDelivered.THREAD if keeps else None
    if task.coro.cr_running:
        return NotDelivered.NO_CHECKPOINT
    if _NURSERY in called:
        return NotDelivered.EMPTY_NURSERY
    if _SHIELDED in called:
        return NotDelivered.SHIELDED_CHECKPOINT
    if not tasks.is_started(task):
        return NotDelivered.NOT_STARTED
    return None if tasks.is_runnable(task) else NotDelivered.NO_ABORT


def _called_of_trio(stack: list[FrameType]) -> dict[str, FrameType]:
    """The functions of Trio that a task's innermost own frame has called, by their names."""
    found: dict[str, FrameType] = {}
    for frame in stack:
        origin = frames.origin_of(frame.f_code.co_filename)
        if origin is Origin.OWN:
            break
        if origin is Origin.TRIO:
            found[frame.f_code.co_name] = frame
    return found


def _swallowed_by(
    task: Task, stack: list[FrameType], delivered: Delivered
) -> tuple[Place | None, str]:
    """The handler that swallowed the delivered Cancelled, and the text of its ``except``.

    It is returned only if that is certain: a handler around the line that got the Cancelled, where
    the task was blocked, or to which the task returns again and again.
    """
    stuck = delivered.stuck
    lines = []
    if stuck is not None and stuck.code is not None:
        lines.append((stuck.code, frames.line_of(stuck.code, stuck.instruction)))
    elif delivered.times > 1 and not task.coro.cr_running:
        lines += [(each.f_code, each.f_lineno) for each in stack]
    for code, line in lines:
        if line is not None and frames.is_own(code.co_filename):
            found = catching.handler_that_swallows(code, line)
            if found is not None:
                return frames.place_of_code(code, found[0]), found[1]
    return None, ""
