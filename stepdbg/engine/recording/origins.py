"""Notes of where objects of Trio come from, and which task did what to them.

Owns: noting, while the recorder is on, who opened a channel, took a lock, cancelled a scope.
Does not own: the wrapped functions (_trio_internals.patches), or the sentences (waiting).

It notes only these rare moments, so a checkpoint costs nothing.  A note holds a code object and an
instruction; the line is worked out only when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals import patches, runs, scopes, tasks
from stepdbg.engine.process.guard import settle
from stepdbg.engine.stacks.frames import (
    first_own_caller,
    innermost_own,
    line_of,
    place_of_code,
    task_frames,
)
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.ours import OurReference
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import sys, time
from stepdbg.model.task import Place

from . import step_ends

if TYPE_CHECKING:
    from stepdbg._trio_internals.waits import State
    from stepdbg.model.waits import Moment

    from .life import RunLife


class Noted(NamedTuple):
    """A noted moment.

    task: the number of the task that did it.
    time: the clock's seconds.
    real: the seconds of `perf_counter`.
    found: who found that its deadline had passed; None if that is not why it was cancelled.
    """

    task: int | None
    step: int
    time: float
    code: CodeType | None
    instruction: int
    real: float
    found: scopes.FoundBy | None

    @property
    def place(self) -> Place | None:
        """The own line that did it."""
        if self.code is None:
            return None
        return place_of_code(self.code, line_of(self.code, self.instruction))


def _note(task: Task | None, frame: FrameType | None, found: scopes.FoundBy | None = None) -> Noted:
    if frame is None:
        return _note_at(task, None, 0, found)
    return _note_at(task, frame.f_code, frame.f_lasti, found)


def _note_at(
    task: Task | None,
    code: CodeType | None,
    instruction: int,
    found: scopes.FoundBy | None = None,
) -> Noted:
    runner = runs.current_runner()
    number, step = (None, 0) if task is None else (tasks.number(task), tasks.steps_taken(task) + 1)
    when = 0.0 if runner is None else runner.clock.current_time()
    # A `NamedTuple`'s own `__new__` is a function in Python, which is slower.
    real = time.perf_counter()
    return tuple.__new__(Noted, (number, step, when, code, instruction, real, found))


def _note_of_blocked(task: Task) -> Noted:
    """The note of something done on behalf of a blocked task."""
    code, instruction, _ = step_ends.where_blocked(task.coro)
    if code is None:  # the task runs no own code
        return _note(task, innermost_own(task_frames(task)))
    return _note_at(task, code, instruction)


def _note_here() -> Noted:
    here = sys._getframe(2)  # noqa: SLF001 - documented, CPython only
    return _note(runs.current_task(), first_own_caller(here))


_OnCancel = Callable[[runs.CancelScope, FrameType | None, scopes.FoundBy | None], None]


class _ByIdentity:
    """Notes about objects that cannot be hashed; a note is dropped with its object."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[OurReference[object], Noted]] = {}

    def get(self, obj: object) -> Noted | None:
        """The note about an object."""
        found = self._notes.get(id(obj))
        return None if found is None or found[0]() is not obj else found[1]

    def put(self, obj: object, noted: Noted) -> None:
        """Note something about an object."""
        key = id(obj)
        gone = OurReference(obj, lambda _: self._notes.pop(key, None))
        self._notes[key] = gone, noted


class Origins:
    """The notes of one session.  It wraps no function before `record`.

    Attributes:
        on_cancel: functions to call when a scope is cancelled, with the own line that did it and
            with what noticed that its deadline had passed, by the identity of Trio's runner.
    """

    def __init__(self) -> None:
        self._channels = _ByIdentity()
        self._locks = _ByIdentity()
        self._cancels = _ByIdentity()
        self.on_cancel: dict[int, _OnCancel] = {}
        self._restore: list[Callable[[], None]] = []

    def record(self, wanted: bool) -> None:
        """Begin or stop noting; existing notes stay."""
        if wanted and not self._restore:
            self._restore = [
                patches.watch_channels(self._on_channel),
                patches.watch_locks(self._on_lock),
                patches.watch_cancels(self._on_cancel),
            ]
        elif not wanted:
            while self._restore:
                self._restore.pop()()

    def channel_opened(self, state: State, life: RunLife) -> Moment | NotRecorded:
        """When and where a memory channel was opened."""
        return _moment(self._channels.get(state), life)

    def lock_taken(self, lot: ParkingLot, owner: Task, life: RunLife) -> Moment | NotRecorded:
        """When and where the present owner of a lock got it."""
        noted = self._locks.get(lot)
        if noted is None or noted.task != tasks.number(owner):
            return NOT_RECORDED
        return _moment(noted, life)

    def channel_noted(self, state: State) -> Noted | None:
        """The note about the opening of a memory channel; None if it was not recorded."""
        return self._channels.get(state)

    def lock_noted(self, lot: ParkingLot) -> Noted | None:
        """The note about the last acquisition of a lock; None if it was not recorded."""
        return self._locks.get(lot)

    def cancel_of(self, scope: runs.CancelScope) -> Noted | None:
        """The note about the cancellation of a scope; None if it was not recorded."""
        return self._cancels.get(scope)

    def _on_channel(self, state: State) -> None:
        try:
            if self._channels.get(state) is None:
                self._channels.put(state, _note_here())
        except Exception as error:
            settle(error, "noting where a channel was opened")

    def _on_lock(self, owner: Task, lot: ParkingLot) -> None:
        try:
            if owner is runs.current_task():
                self._locks.put(lot, _note_here())
            else:  # a release hands the lock over
                self._locks.put(lot, _note_of_blocked(owner))
        except Exception as error:
            settle(error, "noting who got a lock")

    def _on_cancel(self, scope: runs.CancelScope) -> None:
        try:
            here = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
            found = scopes.found_by(here)
            # The loop finds most deadlines that have passed, and no line of the program does that.
            frame = None if found is scopes.FoundBy.LOOP else first_own_caller(here)
            self._cancels.put(scope, _note(runs.current_task(), frame, found))
            tell = self.on_cancel.get(id(runs.current_runner()))
            if tell is not None:
                tell(scope, frame, found)
        except Exception as error:
            settle(error, "noting who cancelled a scope")


def _moment(noted: Noted | None, life: RunLife) -> Moment | NotRecorded:
    if noted is None:
        return NOT_RECORDED
    from stepdbg.model.waits import Moment  # few runs are asked

    return Moment(noted.step, noted.time - life.begun_at, noted.place)
