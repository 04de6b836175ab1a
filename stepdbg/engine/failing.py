"""What happens when a task fails: a stop, a picture, or nothing.

Owns: from a failure that was noticed to the stop or the picture.
Does not own: noticing it (watches), which failure is a new one (failures), the stop (stopping).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import outcome
import trio
from trio.lowlevel import Task

from stepdbg.model.breakpoints import TaskEvent
from stepdbg.model.stops import StopKind

from . import hits as _hits
from .frames import first_own_caller
from .quitting import is_failure
from .stopping import Occasion, remember, stop

if TYPE_CHECKING:
    from .run import DebuggedRun
    from .session import Session


def is_new_failure(
    run: DebuggedRun, task: Task, nursery: trio.Nursery | None, error: BaseException
) -> bool:
    """Whether something fails that does not follow from an earlier failure; it is noted."""
    if not are_wanted(run.session) or run.quitting or not is_failure(error):
        return False
    return run.failures.note(run, task, nursery, error)


def are_wanted(session: Session) -> bool:
    """Whether anybody wants to know of failures."""
    return session.failures.wanted or bool(session.breakpoints.waiting_for(TaskEvent.FAIL))


def stop_or_remember(run: DebuggedRun, occasion: Occasion) -> None:
    """Stop; for a failure at which nobody wants to, take a picture and go on."""
    if occasion.kind is StopKind.FAILURE and not run.session.failures.stops:
        remember(run, occasion)
    else:
        stop(run, occasion)


def on_failing(run: DebuggedRun, nursery: trio.Nursery, error: BaseException) -> None:
    """A nursery takes an exception; its children's have been noted when they exited."""
    task = nursery.parent_task
    if run.state == "stopped" or not is_new_failure(run, task, nursery, error):
        return
    frame = first_own_caller(sys._getframe())  # noqa: SLF001 - documented, CPython only
    result = outcome.Error(error)
    hits = _hits.hits_on(run, task, {TaskEvent.FAIL})
    kind = StopKind.BREAKPOINT if hits else StopKind.FAILURE
    stop_or_remember(run, Occasion(kind, task, frame, hits, result=result, first=True))
