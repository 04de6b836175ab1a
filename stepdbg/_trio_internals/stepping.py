"""The step that a run carries out at this moment, seen from any thread.

Owns: the task whose step it is, or was last; when its pass began; whether a run is idle.
Does not own: where the run's thread is (engine.process.python_threads), the loop's frame (runs).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from types import CodeType, FrameType

from trio._core._run import Runner, Task

from .frame_values import peek_at
from .runs import LOOP_CODE, loop_frame

_IS_RUNNING = attrgetter("coro.cr_running")


def is_idle(codes: Sequence[CodeType]) -> bool:
    """Whether a thread waits for I/O in Trio's loop, or is not in the loop at all.

    Args:
        codes: of its frames, innermost first.
    """
    return LOOP_CODE not in codes or codes[0].co_name == "get_events"


def pass_began(start: FrameType | None) -> float | None:
    """When the pass began in which `start` runs, in the clock's seconds; None if unknown."""
    frame = loop_frame(start)
    found = None if frame is None else peek_at(frame, "now")
    return found if isinstance(found, float) else None


def last_task(frame: FrameType | None) -> Task | None:
    """The task whose step a loop frame carries out, or has just carried out."""
    found = None if frame is None else peek_at(frame, "task")
    return found if isinstance(found, Task) else None


def running_task(runner: Runner) -> Task | None:
    """The task whose step is under way; may be called on any thread.

    The frame of the loop also knows it.  But before Python 3.13, reading the variables of a frame
    of another thread leaves a copy of them there (`frame_values`), and what a failed task has left
    in them would live on.
    """
    try:
        return next(filter(_IS_RUNNING, runner.tasks), None)
    except (AttributeError, RuntimeError):  # a coroutine of another kind, or the set has changed
        return None
