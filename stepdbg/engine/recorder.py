"""What woke whom.

Owns: the `task_scheduled` hook, and the wake that it noted for each task.
Does not own: where tasks come from (registry), or when to record (run).
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import TYPE_CHECKING, NamedTuple

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.task import Wake, WakeKind

from .frames import is_own, line_of, place_of_code

if TYPE_CHECKING:
    from .registry import Registry


class _Woken(NamedTuple):
    """A noted wake; `by` is the number of the task that did it."""

    kind: WakeKind
    by: int | None
    code: CodeType | None
    instruction: int
    detail: str = ""


_ITSELF = _Woken(WakeKind.ITSELF, None, None, 0)
_IO = _Woken(WakeKind.IO, None, None, 0)
_DEADLINE = _Woken(WakeKind.DEADLINE, None, None, 0)
_IDLE = _Woken(WakeKind.IDLE, None, None, 0)
_DEBUGGER = _Woken(WakeKind.DEBUGGER, None, None, 0)


class WakeRecorder(trio.abc.Instrument):
    """Notes for every task that becomes runnable who did it and where.

    An instrument with this one hook; while it is not installed nothing is noted and nothing
    is paid.
    """

    def __init__(self) -> None:
        self._woken: dict[int, _Woken] = {}
        self.overlooked: Task | None = None  # whose next wake is none

    def task_scheduled(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        # Frames: this hook, Instruments.call, Runner.reschedule, its caller.
        if task is self.overlooked:
            self.overlooked = None
            return
        caller = sys._getframe(3)  # noqa: SLF001 - documented, CPython only
        waker = runs.current_task()
        if caller.f_code is runs.LOOP_CODE:
            woken = _ITSELF if waker is not None else _IDLE
        elif waker is None:
            woken = _woken_by_loop(caller)
        else:
            woken = _woken_by_task(waker, caller)
        self._woken[tasks.number(task)] = woken

    def note_debugger(self, task: Task) -> None:
        """The user has woken a task, or changed what it will be sent."""
        self._woken[tasks.number(task)] = _DEBUGGER

    def forget(self, task: Task) -> None:
        """A task has been resumed or has ended: its wake is used up."""
        self._woken.pop(tasks.number(task), None)

    def forget_all_but(self, living: set[int]) -> None:
        """Drop the notes of ended tasks."""
        for number in [number for number in self._woken if number not in living]:
            del self._woken[number]

    def size(self) -> int:
        """How many wakes are noted."""
        return len(self._woken)

    def wake_of(self, task: Task, registry: Registry) -> Wake | NotRecorded:
        """What made a runnable task runnable."""
        woken = self._woken.get(tasks.number(task))
        if woken is None:
            return NOT_RECORDED
        by = None if woken.by is None else registry.label(woken.by)
        if woken.code is None:
            return Wake(woken.kind, by, detail=woken.detail)
        line = line_of(woken.code, woken.instruction)
        return Wake(woken.kind, by, place_of_code(woken.code, line), woken.detail)


def _woken_by_loop(caller: FrameType) -> _Woken:
    frame: FrameType | None = caller
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        if frame.f_code is runs.EXPIRE_CODE:
            return _DEADLINE
        if is_own(frame.f_code.co_filename):
            # A call-back on the loop's thread outside of any task: a guest run's host.
            return _Woken(WakeKind.THREAD, None, frame.f_code, frame.f_lasti)
        frame = frame.f_back
    return _IO if frame is not None else _Woken(WakeKind.THREAD, None, None, 0)


def _woken_by_task(waker: Task, caller: FrameType) -> _Woken:
    frame: FrameType | None = caller
    from_entry_queue = False
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        if is_own(frame.f_code.co_filename):
            kind = WakeKind.THREAD if from_entry_queue else WakeKind.TASK
            return _Woken(kind, tasks.number(waker), frame.f_code, frame.f_lasti)
        if frame.f_code is runs.EXITED_CODE:
            return _Woken(WakeKind.TASK, tasks.number(waker), None, 0, "it exited")
        if frame.f_code is runs.ENTRY_TASK_CODE:
            from_entry_queue = True
        frame = frame.f_back
    kind = WakeKind.THREAD if from_entry_queue else WakeKind.TASK
    by = None if from_entry_queue else tasks.number(waker)
    return _Woken(kind, by, None, 0)


def wake_from_outcome(task: Task) -> Wake | None:
    """A wake that can be told from what the task will be sent, recorder or not.

    Trio says since 0.31 why a `Cancelled` was raised; earlier that is empty.
    """
    error = tasks.error_to_come(task)
    if not isinstance(error, trio.Cancelled):
        return None
    source = getattr(error, "source", None)
    reason = getattr(error, "reason", None)
    if source == "deadline":
        return Wake(WakeKind.DEADLINE, detail=reason or "")
    who = getattr(error, "source_task", None)
    parts = [str(part) for part in (source, reason, who and f"by {who}") if part]
    return Wake(WakeKind.CANCELLED, detail=", ".join(parts))
