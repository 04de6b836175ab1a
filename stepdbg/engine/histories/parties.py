"""The task behind an error about a resource: the one that closed it, uses it or holds it.

Owns: an exception -> `model.deeds.Party`.
Does not own: what was noted (noting), saying it (render).

The resource is found on the traceback: it is the `self` of the function of Trio that refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Protocol

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import doings, runs, tasks, waits
from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg.engine.failing.failed_frames import frames_of_error, has_lost_its_variables
from stepdbg.engine.recording.recorded import Recorded
from stepdbg.engine.stacks import frames
from stepdbg.model.deeds import DeedKind, Party, PartyKind
from stepdbg.model.records import NamedTuple

if TYPE_CHECKING:
    from stepdbg.model.deeds import Deed

    from .reading import HistoryReader


class ReadableRun(Recorded, Protocol):
    """A run whose tasks' frames and objects' histories can be read."""

    def live_frames(self, task: Task) -> list[FrameType]: ...
    def history_reader(self) -> HistoryReader: ...


class _Refused(NamedTuple):
    """A call of a function of Trio that refused.

    frame: the frame of the call.
    obj: its `self`.
    task: the task that got the error.
    """

    run: ReadableRun
    frame: FrameType
    obj: object
    task: Task | None


def party_of(run: ReadableRun, task: Task | None, error: BaseException) -> Party | None:
    """The party that caused an error; None if the error is not about a resource, or if not known.

    Args:
        run: the run in which it was raised.
        task: the task in which it was raised.
        error: the error.
    """
    found = _FINDERS.get(type(error))
    if found is None:
        return None
    party = None
    for frame in _trios_frames(error):
        obj = peek_at(frame, "self")
        if obj is not None:
            # The outermost one is the function that the program called.
            party = found(_Refused(run, frame, obj, task)) or party
    return party


def _trios_frames(error: BaseException) -> Iterator[FrameType]:
    """Trio's frames on the traceback of an error, innermost first, up to the program's."""
    for entry in frames_of_error(error):
        if frames.is_own(entry.frame.f_code.co_filename):
            return
        if not has_lost_its_variables(entry):
            yield entry.frame


def _closed(refused: _Refused) -> Party | None:
    """The resource itself was closed."""
    obj = refused.obj
    if not is_a(obj, trio.abc.AsyncResource) and waits.plain_socket(obj) is None:  # type: ignore[type-abstract]  # asked, never called
        return None
    deed = refused.run.history_reader().closing(doings.stream_file(obj))
    return _party_by(PartyKind.CLOSED, _what(obj), refused, deed) if deed is not None else None


def _broken(refused: _Refused) -> Party | None:
    """The other end was closed."""
    end = refused.obj
    if not is_a(end, trio.MemorySendChannel, trio.MemoryReceiveChannel):
        return None
    other = _RECEIVE_END if is_a(end, trio.MemorySendChannel) else _SEND_END
    deed = refused.run.history_reader().closing(waits.channel_state(end), other)
    return _party_by(PartyKind.CLOSED, other, refused, deed) if deed is not None else None


_SEND_END, _RECEIVE_END = "send channel", "receive channel"


def _held(refused: _Refused) -> Party | None:
    """A task releases a lock, or notifies with one, that it does not hold; or it holds it twice."""
    lock = refused.obj
    if refused.frame.f_code.co_name not in _ASKS_FOR_OWNER:
        return None
    if is_a(lock, trio.Condition):
        lock = waits.lock_of(lock)
    if not is_a(lock, trio.Lock, trio.StrictFIFOLock):
        return None
    owner = lock.statistics().owner
    if refused.frame.f_code.co_name == "acquire_nowait" and owner is None:
        owner = refused.task  # it held the lock then, and has left the `with` since
    what = _what(refused.obj) if lock is refused.obj else f"lock of the {_what(refused.obj)}"
    if not is_a(owner, Task):
        return Party(PartyKind.NOBODY, what)
    return Party(
        PartyKind.HOLDS,
        what,
        refused.run.registry.label_of(owner),
        owner is refused.task,
        refused.run.history_reader().last(lock, DeedKind.ACQUIRED),
    )


_ASKS_FOR_OWNER = ("acquire_nowait", "release", "wait", "notify", "notify_all")
"""The methods of a lock or condition that look at who holds the lock before they refuse."""


def _used(refused: _Refused) -> Party | None:
    """Another task is using the resource in the same way.  Trio does not keep which one."""
    run, code = refused.run, refused.frame.f_code
    if code.co_qualname == "ConflictDetector.__enter__":
        return None  # its caller's frame names the resource
    for task in runs.living_tasks(run.runner):
        stack = run.live_frames(task) if task is not refused.task else []
        for frame in stack:
            if _does_the_same(frame, refused):
                own = frames.innermost_own(stack)
                return Party(
                    PartyKind.USES,
                    _what(refused.obj),
                    run.registry.label_of(task),
                    place=None if own is None else frames.place_of(own),
                )
    return None


def _does_the_same(frame: FrameType, refused: _Refused) -> bool:
    """Whether a frame is a call on the same resource that excludes the call that was refused."""
    if frames.is_own(frame.f_code.co_filename) or peek_at(frame, "self") is not refused.obj:
        return False
    name, refusing = frame.f_code.co_name, refused.frame.f_code.co_name
    if any(peek_at(frame, each) != peek_at(refused.frame, each) for each in ("fd", "attr_name")):
        return False
    return ("receive" in name) == ("receive" in refusing)


def _party_by(kind: PartyKind, what: str, refused: _Refused, deed: Deed) -> Party:
    """The task that did a deed, as a party."""
    number = None if deed.task is None else deed.task.number
    itself = refused.task is not None and number == tasks.number(refused.task)
    return Party(kind, what, deed.task, itself, deed)


def _what(obj: object) -> str:
    """What a user calls a resource."""
    if is_a(obj, trio.MemorySendChannel):
        return _SEND_END
    if is_a(obj, trio.MemoryReceiveChannel):
        return _RECEIVE_END
    return _NAMES.get(name := type(obj).__name__, name)


_NAMES = {"_SocketType": "socket", "EpollIOManager": "file", "KqueueIOManager": "file"}
"""What users call objects whose type has a private name in Trio."""

_FINDERS: dict[type, Callable[[_Refused], Party | None]] = {
    trio.BusyResourceError: _used,
    trio.ClosedResourceError: _closed,
    trio.BrokenResourceError: _broken,
    RuntimeError: _held,
}
"""By the type of an error, the function that finds the task behind it."""
