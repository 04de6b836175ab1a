"""Find what wakes a task, from the functions that are running at that moment.

Owns: `Woken`, `who_woke`, and what a coming exception says about a wake; `taker_of_wakes`, which
makes the function that a hook calls.
Does not own: noticing wakes (_trio_internals.recording), keeping them (recorder).

A busy program wakes tasks about as often as it takes steps.  So the function of `taker_of_wakes`
finds what it needs in a closure, and calls as few functions as possible.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks, waits
from stepdbg._trio_internals.recording import WOKEN
from stepdbg._trio_internals.scopes import FoundBy, is_ended_by_innermost
from stepdbg.engine.stacks.frames import OWN_FILES, line_of, place_of_code
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import time
from stepdbg.model.task import Wake, WakeKind

from .step_ends import Stuck

if TYPE_CHECKING:
    from stepdbg._trio_internals.recording import Note, RecordingHook

    from .origins import Noted, Origins
    from .recorded import Recordable
    from .recorder import Recorder
    from .registry import Registry


class Woken(NamedTuple):
    """A noted wake; `by` is the number of the task that did it.

    asked: the note of the cancellation, if the task tried to wait after it.
    """

    kind: WakeKind
    by: int | None
    code: CodeType | None
    instruction: int
    detail: str = ""
    asked: Noted | None = None


_IO = Woken(WakeKind.IO, None, None, 0)
_DEADLINE = Woken(WakeKind.DEADLINE, None, None, 0)
SLEEPS = ("sleep", "sleep_until")
"""The functions that a task awaits in order to sleep in their own scope."""

DELIVERS = (WakeKind.CANCELLED, WakeKind.DEADLINE)
"""The wakes with which a task gets a Cancelled, except at the end of its own sleep."""

BY_TIME = (WakeKind.SLEEP, WakeKind.DEADLINE)
"""The wakes by a passing deadline: Trio's own for a sleep, or one of the program's."""
_IDLE = Woken(WakeKind.IDLE, None, None, 0)
BY_DEBUGGER = Woken(WakeKind.DEBUGGER, None, None, 0)


_KEPT = 10_000
"""How many wakes to remember."""

_known: dict[tuple[int, int | None, int, int], Woken] = {}
"""Wakes by a line of code, by identities; see `step_ends.where_blocked`."""


def who_woke(task: Task, waker: Task | None, caller: FrameType, origins: Origins) -> Woken:
    """Find who puts a task on the run queue.

    Args:
        task: the task that wakes.
        waker: the task whose step is under way; None for the loop.
        caller: the frame that called Trio's `reschedule`.
        origins: knows who has cancelled which scope.
    """
    if waker is None:
        woken = _IDLE if caller.f_code is runs.LOOP_CODE else _woken_by_loop(caller)
        if woken is _IO and runs.is_for_our_calls(task):
            return BY_DEBUGGER
    elif waker is task:
        woken = _cancelled_before(task, origins)
    else:
        woken = _woken_by_task(waker, caller)
    if woken.kind is WakeKind.DEADLINE or tasks.gets_value(task):
        return woken  # the value that the task gets says no more
    return _with_what_it_gets(task, woken)


def _woken_by_loop(caller: FrameType) -> Woken:
    frame: FrameType | None = caller
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        code = frame.f_code
        if code is runs.EXPIRE_CODE:
            return _DEADLINE
        if OWN_FILES[code.co_filename]:
            # A callback on the loop's thread outside of any task: from the host of a guest run.
            return _by_line(WakeKind.THREAD, None, code, frame.f_lasti)
        frame = frame.f_back
    return _IO if frame is not None else Woken(WakeKind.THREAD, None, None, 0)


def _woken_by_task(waker: Task, caller: FrameType) -> Woken:
    frame: FrameType | None = caller
    from_entry_queue = False
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        code = frame.f_code
        if OWN_FILES[code.co_filename]:
            kind = WakeKind.THREAD if from_entry_queue else WakeKind.TASK
            return _by_line(kind, tasks.number(waker), code, frame.f_lasti)
        if code is runs.EXITED_CODE:
            return Woken(WakeKind.TASK, tasks.number(waker), None, 0, "it exited")
        if code is runs.ENTRY_TASK_CODE:
            from_entry_queue = True
        frame = frame.f_back
    kind = WakeKind.THREAD if from_entry_queue else WakeKind.TASK
    by = None if from_entry_queue else tasks.number(waker)
    return Woken(kind, by, None, 0)


def _by_line(kind: WakeKind, by: int | None, code: CodeType | None, instruction: int) -> Woken:
    """A wake by a line of code; equal wakes are the same object, as long as it is remembered."""
    key = id(kind), by, id(code), instruction
    found = _known.get(key)
    if found is None:
        if len(_known) >= _KEPT:
            _known.clear()
        found = _known[key] = Woken(kind, by, code, instruction)
    return found


def _cancelled_before(task: Task, origins: Origins) -> Woken:
    """The wake of a task that tried to wait in a scope that was already cancelled."""
    scope = waits.cancelled_scope(task)
    noted = None if scope is None else origins.cancel_of(scope)
    if noted is None:
        return Woken(WakeKind.ITSELF, None, None, 0)
    if noted.found is None or noted.found is FoundBy.ENTERED:
        # The line that cancels the scope, or its `with`.
        return Woken(WakeKind.CANCELLED, noted.task, noted.code, noted.instruction, asked=noted)
    return Woken(WakeKind.DEADLINE, None, None, 0, asked=noted)


def _with_what_it_gets(task: Task, woken: Woken) -> Woken:
    wake = wake_from_outcome(task, by_whom=woken.by is None)
    if wake is None:
        return woken
    return woken._replace(kind=wake.kind, detail=wake.detail)


def wake_from_outcome(task: Task, *, by_whom: bool = True) -> Wake | None:
    """A wake that follows from what Trio will send the task, with or without a recorder.

    Since 0.31 Trio says why it raised a `Cancelled`; earlier that is empty.
    by_whom: include which task it was and how, which was not recorded.
    """
    error = tasks.error_to_come(task)
    if error is None or not isinstance(error, trio.Cancelled):
        return None
    source = getattr(error, "source", None)
    reason = getattr(error, "reason", None)
    if source == "deadline":
        return Wake(WakeKind.DEADLINE, detail=reason or "")
    who = getattr(error, "source_task", None)
    parts = (source, reason, who and f"by {who}") if by_whom else (reason,)
    return Wake(WakeKind.CANCELLED, detail=", ".join(str(part) for part in parts if part))


def picture_of(woken: Woken, registry: Registry) -> Wake:
    """Make a picture of a noted wake."""
    by = None if woken.by is None else registry.label(woken.by)
    if woken.code is None:
        return Wake(woken.kind, by, detail=woken.detail)
    line = line_of(woken.code, woken.instruction)
    return Wake(woken.kind, by, place_of_code(woken.code, line), woken.detail)


def by_time(task: Task, blocked: Note | None) -> Woken:
    """Decide which deadline has passed: that of the task's own sleep, or of a timeout.

    blocked: the note about where the task blocked last.
    """
    stuck = None if blocked is None else blocked[5]
    if isinstance(stuck, Stuck) and stuck.awaited in SLEEPS and is_ended_by_innermost(task):
        return _by_line(WakeKind.SLEEP, None, stuck.code, stuck.instruction)
    return _DEADLINE


class Delivered(NamedTuple):
    """How a cancellation has reached a task.

    asked: the note of the cancellation, once the task has tried to wait again; None before.
    first, last: when it was delivered, from `perf_counter`.
    times: how often.
    stuck: where the task was blocked then, if it was.
    """

    asked: Noted | None
    first: float
    last: float
    times: int
    stuck: Stuck | None


def delivered(before: Delivered | None, asked: Noted | None, blocked: Note | None) -> Delivered:
    """Note that a cancellation reaches a task.

    Args:
        before: the one that reached it last.
        asked: as in `Woken`: None if the task was blocked, which happens once.
        blocked: the note about where it blocked last.
    """
    now = time.perf_counter()
    if before is not None and asked is not None and _is_same(before, asked):
        return Delivered(asked, before.first, now, before.times + 1, before.stuck)
    stuck = None if asked is not None or blocked is None else blocked[5]
    return Delivered(asked, now, now, 1, stuck if isinstance(stuck, Stuck) else None)


def _is_same(before: Delivered, asked: Noted) -> bool:
    return before.asked == asked if before.asked is not None else asked.real <= before.first


def taker_of_wakes(
    recorder: Recorder,
    hook: RecordingHook,
    run: Recordable,
    standing: Callable[[], float],
    forget_deadline: Callable[[], None],
) -> Callable[[Task, int, int, Task | None, FrameType], None]:
    """Make the function that notes a wake; see `RecordingHook.woken`.

    Args:
        recorder, hook, run: those of one run.
        standing: returns the moment at which time stands still.
        forget_deadline: drops the note that a deadline has cancelled a scope.
    """
    lately, hold, origins, counts, add = (
        recorder.lately,
        run.hold,
        run.origins,
        hook.counts,
        hook.add,
    )
    perf_counter = time.perf_counter
    read = hook.read or perf_counter

    def woken(task: Task, number: int, step: int, waker: Task | None, caller: FrameType) -> None:
        if recorder.ticker is not None and recorder.ticker.parked:
            recorder.ticker.wake()
        count = counts.get(number)
        if count is not None and count.since:
            count.blocked += perf_counter() - hook.left_out - count.since
            count.since = 0.0
        by = who_woke(task, waker, caller, origins)
        if by.kind in DELIVERS:
            if by.kind is WakeKind.DEADLINE:
                forget_deadline()
                if by.asked is None:  # else it has tried to wait in a scope that had expired
                    by = by_time(task, lately.blocked.get(number))
            if by.kind in DELIVERS:
                lately.deliver(number, by.asked)
        lately.woken[number] = step, by
        add((WOKEN, standing() if hold.stands else read(), number, step, 0.0, by))

    return woken
