"""Reading what was done to one object.

Owns: an object and its notes -> `model.history`; which notes belong to which object.
Does not own: making the notes (noting, recording.origins).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import trio

from stepdbg._trio_internals import doings, losses, tasks, waits
from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.describing.plain import type_name
from stepdbg.engine.recording import history
from stepdbg.engine.stacks import with_blocks
from stepdbg.engine.stacks.frames import line_of
from stepdbg.model.deeds import Deed, DeedKind
from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.history import ObjectHistory
from stepdbg.model.task import WaitKind

if TYPE_CHECKING:
    from types import FrameType

    from trio.lowlevel import Task

    from stepdbg.engine.recording.origins import Noted as Origin
    from stepdbg.engine.recording.origins import Origins
    from stepdbg.engine.recording.recorded import Recorded
    from stepdbg.model.history import EndedTask
    from stepdbg.model.task import Place, TaskLabel

    from .noting import Histories, Noted

_WITH_HISTORY = (
    trio.Event,
    trio.Lock,
    trio.StrictFIFOLock,
    trio.Condition,
    trio.Semaphore,
    trio.CapacityLimiter,
    trio.MemorySendChannel,
    trio.MemoryReceiveChannel,
    trio.CancelScope,
    trio.Nursery,
    trio.abc.AsyncResource,
    doings.TaskStatus,
)
"""The types of objects that have a history."""

_ADVICE = (
    "only an Event, Lock, Condition, Semaphore, limiter, channel, stream, task_status, nursery or "
    "cancel scope of Trio's has a history"
)


_BEFORE = {
    WaitKind.CONDITION: (DeedKind.NOTIFIED, DeedKind.NOTIFIED_ALL),
    WaitKind.START: (DeedKind.STARTED,),
    WaitKind.SEND: (DeedKind.RECEIVED,),
    WaitKind.RECEIVE: (DeedKind.SENT,),
}
"""By the kind of a wait, the deeds that may say why it has not ended."""


class HistoryKeeper(Protocol):
    """Has the notes about objects, of all runs."""

    @property
    def histories(self) -> Histories: ...


class HistoryReader:
    """Reads what was done to the objects of one run.

    Args:
        run: the run.
        origins: knows which tasks opened, took and cancelled objects.
        noting: has the notes about what else was done to them.
    """

    def __init__(self, run: Recorded, origins: Origins, noting: HistoryKeeper) -> None:
        self._run, self._origins = run, origins
        self._histories = noting.histories

    def history(self, expression: str, obj: object) -> ObjectHistory:
        """All that is kept of one object.

        Args:
            expression: what the user calls it.

        Raises:
            BadUsage: objects of its type have no history.
            NotNow: nothing was ever noted.
        """
        if not is_a(obj, *_WITH_HISTORY):
            raise BadUsage(f"`{expression}` is of type {type_name(type(obj))}; {_ADVICE}")
        deeds = self.deeds(obj)
        if not deeds and not self._histories.on:
            raise NotNow(history.NOTHING_RECORDED)
        notes = self._histories.of(_noted_as(obj))
        earlier = 0 if notes is None else notes.count - len(notes.kept)
        kind = type_name(type(obj)).rpartition(".")[2].removeprefix("_")
        return ObjectHistory(expression, kind, tuple(deeds), earlier, self._histories.on)

    def deeds(self, obj: object) -> list[Deed]:
        """What was done to an object, oldest first."""
        notes = self._histories.of(_noted_as(obj))
        found = [] if notes is None else [self._deed(each) for each in notes.kept]
        known = {(each.kind, each.task, each.step) for each in found}
        noted = self._from_origins(obj)
        found += [each for each in noted if (each.kind, each.task, each.step) not in known]
        return sorted(found, key=lambda deed: deed.time)

    def last(self, obj: object, *kinds: DeedKind) -> Deed | None:
        """The last deed of some kinds, None if none was noted."""
        deeds = [each for each in self.deeds(obj) if each.kind in kinds]
        return deeds[-1] if deeds else None

    def before_wait(self, kind: WaitKind, obj: object) -> tuple[Deed, ...]:
        """The deeds that may explain why a task still waits for an object, oldest first."""
        kinds = _BEFORE.get(kind, ())
        found = self.deeds(obj) if kinds else []
        deeds = tuple(each for each in found if each.kind in kinds)
        if kind is WaitKind.START:
            return tuple(each for each in deeds if each.late)
        if kind in (WaitKind.SEND, WaitKind.RECEIVE):  # the last task that did it, if it has ended
            return deeds[-1:] if deeds and deeds[-1].ended is not None else ()
        return deeds

    def closing(self, obj: object, what: str = "") -> Deed | None:
        """The deed that closed an object; with `what`, the last that closed such a part of it."""
        notes = self._histories.of(obj)
        found = () if notes is None else notes.kept
        closed = [e for e in found if e.kind is DeedKind.CLOSED and e.what == what]
        return self._deed(closed[-1 if what else 0]) if closed else None

    def caught(self, task: Task, stack: list[FrameType]) -> Deed | None:
        """The cancellation that a scope caught in the step that brought a task to where it is.

        None if the task has left the function with that scope since, or is inside the scope again.
        """
        notes = self._histories.of(task)
        last = None if notes is None else notes.kept[-1]
        if last is None or last.code is None or last.step < tasks.steps_taken(task):
            return None
        line = line_of(last.code, last.instruction)
        for frame in stack:
            if frame.f_code is last.code:
                inside = with_blocks.around(frame.f_code, frame.f_lineno)
                return None if any(each.line == line for each in inside) else self._deed(last)
        return None

    def _from_origins(self, obj: object) -> Iterator[Deed]:
        """The deeds that are noted as origins: which task opened, holds or cancelled an object."""
        if is_a(obj, trio.MemorySendChannel, trio.MemoryReceiveChannel):
            obj = waits.channel_state(obj)
        if losses.is_channel_state(obj):
            yield from self._once(DeedKind.OPENED, self._origins.channel_noted(obj))
        elif is_a(obj, trio.Lock, trio.StrictFIFOLock):
            yield from self._once(DeedKind.ACQUIRED, self._origins.lock_noted(waits.lot_of(obj)))
        elif is_a(obj, trio.CancelScope, trio.Nursery):
            scope = obj.cancel_scope if is_a(obj, trio.Nursery) else obj
            noted = self._origins.cancel_of(scope)
            expired = noted is not None and noted.found is not None
            yield from self._once(DeedKind.EXPIRED if expired else DeedKind.CANCELLED, noted)

    def _once(self, kind: DeedKind, noted: Origin | None) -> Iterator[Deed]:
        if noted is not None:
            yield Deed(kind, *self._who(noted))

    def _deed(self, noted: Noted) -> Deed:
        return Deed(
            noted.kind,
            *self._who(noted),
            woke=noted.woke,
            leaving=noted.leaving,
            error=noted.error,
            what=noted.what,
            late=noted.late,
            ended=self._ended[noted.task].time if noted.task in self._ended else None,
        )

    def _who(self, noted: Noted | Origin) -> tuple[TaskLabel | None, int, float, Place | None]:
        time = noted.time - self._run.life.begun_at
        return self._label(noted.task), noted.step, time, noted.place

    def _label(self, number: int | None) -> TaskLabel | None:
        if number is None:
            return None
        ended = self._ended.get(number)
        return self._run.registry.label(number) if ended is None else ended.label

    @cached_property
    def _ended(self) -> dict[int | None, EndedTask]:
        """The tasks that have ended, by number, as many as are kept."""
        if self._run.recorder is None:
            return {}
        return {each.label.number: each for each in history.ended_tasks(self._run, system=True)}


def _noted_as(obj: object) -> object:
    """The object under whose `id` the notes about an object are kept."""
    if is_a(obj, trio.MemorySendChannel, trio.MemoryReceiveChannel):
        return waits.channel_state(obj)
    return doings.stream_file(obj)
