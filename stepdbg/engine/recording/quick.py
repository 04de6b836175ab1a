"""Noting wakes and waits, in as little time as can be.

Owns: what a hook calls for each of them.
Does not own: noticing them (_trio_internals.recording), what is told of one (waking, step_ends),
or keeping the notes (recorder).

They are as frequent as the steps of a program that does anything.  So they are functions that find
what they need in closures, and call as little as can be.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals.recording import BLOCKED, WOKEN
from stepdbg.model.task import WakeKind

from . import counting, waking
from .step_ends import where_blocked

if TYPE_CHECKING:
    from stepdbg._trio_internals.recording import RecordingHook

    from .recorded import Recordable
    from .recorder import Recorder


def taker_of_wakes(
    recorder: Recorder,
    hook: RecordingHook,
    run: Recordable,
    standing: Callable[[], float],
    forget_deadline: Callable[[], None],
) -> Callable[[Task, int, int, Task | None, FrameType], None]:
    """What notes a wake; see `RecordingHook.woken`.

    Args:
        recorder, hook, run: whose.
        standing: gives the moment at which time stands still.
        forget_deadline: takes back the note that a deadline has cancelled a scope.
    """
    lately, hold, origins, counts, add = (
        recorder.lately,
        run.hold,
        run.origins,
        hook.counts,
        hook.add,
    )
    who_woke, read = waking.who_woke, hook.read or perf_counter

    def woken(task: Task, number: int, step: int, waker: Task | None, caller: FrameType) -> None:
        if recorder.ticker is not None and recorder.ticker.parked:
            recorder.ticker.wake()
        count = counts.get(number)
        if count is not None and count.since:
            count.blocked += perf_counter() - hook.left_out - count.since
            count.since = 0.0
        by = who_woke(task, waker, caller, origins)
        if by.kind in waking.DELIVERS:
            if by.kind is WakeKind.DEADLINE:
                forget_deadline()
                by = waking.by_time(task, lately.blocked.get(number))
            if by.kind in waking.DELIVERS:
                lately.deliver(number, by.asked)
        lately.woken[number] = step, by
        add((WOKEN, standing() if hold.stands else read(), number, step, 0.0, by))

    return woken


def taker_of_waits(
    recorder: Recorder,
    hook: RecordingHook,
    run: Recordable,
    standing: Callable[[], float],
) -> Callable[[Task, int, int, float], None]:
    """What notes that a step has ended in a wait; see `RecordingHook.blocked`.

    Args: as of `taker_of_wakes`.
    """
    runner, blocked_last, hold, counts, add = (
        run.runner,
        recorder.lately.blocked,
        run.hold,
        hook.counts,
        hook.add,
    )
    read = hook.read or perf_counter

    def blocked(task: Task, number: int, step: int, took: float) -> None:
        if task not in runner.tasks:
            return  # it has left Trio
        stuck = where_blocked(task.coro)
        when = standing() if hold.stands else read()
        note = (BLOCKED, when, number, step, took, stuck)
        add(note)
        blocked_last[number] = note
        count = counts.get(number)
        if count is None:
            count = counting.count_since(hook, number, took)
        count.ran += took
        count.since = hook.last - hook.left_out
        if took > count.longest:
            count.longest, count.step = took, step
            count.began, count.where = hook.last - took, stuck

    return blocked
