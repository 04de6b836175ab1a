"""What happens when a task fails: a stop, a picture, or nothing.

Owns: what follows from a failure that was noticed, up to the stop or the picture.
Does not own: noticing it (watches), which failure is a new one (engine.failing), the stop
(stopping).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import outcome
import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.engine.failing.failures import is_failure
from stepdbg.engine.histories import parties
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.engine.stacks.frames import first_own_caller
from stepdbg.engine.stopping.still import Still
from stepdbg.model.breakpoints import TaskEvent
from stepdbg.model.standard import sys
from stepdbg.model.stops import StopKind

if TYPE_CHECKING:
    from .noticed import NoticedRun, WantsFailures


def is_new_failure(
    run: NoticedRun, task: Task, nursery: trio.Nursery | None, error: BaseException
) -> bool:
    """Whether this failure does not follow from an earlier one; notes it.

    If pictures of exits are wanted, an exception that tells the program to end counts as well.
    """
    if not are_wanted(run.session) or run.quitting:
        return False
    if not is_failure(error):
        exits = run.session.failures.exits
        return exits and run.failures.note_exit(run.registry, task, nursery, error, run.life.time())
    run.session.hits.get_ready()
    StopReason(StopKind.FAILURE, None)  # the first one takes longer: now, while time stands
    is_new = run.failures.note(run.registry, task, nursery, error, run.life.time())
    run.failures.find_parties(error, partial(parties.party_of, run, task))
    return is_new


def are_wanted(session: WantsFailures) -> bool:
    """Whether failures are of interest to the user or a client."""
    return session.failures.wanted or bool(session.breakpoints.waiting_for(TaskEvent.FAIL))


def stop_or_remember(run: NoticedRun, stop_reason: StopReason) -> None:
    """Stop at a failure; if no stop is wanted there, or at an exit, take a picture and go on."""
    result = stop_reason.result
    failed = isinstance(result, outcome.Error) and is_failure(result.error)
    if stop_reason.kind is StopKind.FAILURE and not (failed and run.session.failures.stops):
        run.remember(stop_reason)
    else:
        run.stop(stop_reason)


def on_failing(run: NoticedRun, nursery: trio.Nursery, error: BaseException) -> None:
    """Handle an exception in a nursery's block; its children's were noted when they exited."""
    task = nursery.parent_task
    if run.held is not None:
        return
    with Still(run):
        is_new = is_new_failure(run, task, nursery, error)
    if not is_new:
        return
    frame = first_own_caller(sys._getframe())  # noqa: SLF001 - documented, CPython only
    result = tasks.failed_with(error)
    fails = is_failure(error)
    hits = run.session.hits.at_failing_block(run.registry, task, error, frame) if fails else ()
    kind = StopKind.BREAKPOINT if hits else StopKind.FAILURE
    stop_or_remember(run, StopReason(kind, task, frame, hits, result=result, first=True))
