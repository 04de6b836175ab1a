"""What functions of Trio are about to do to an object, read where they begin.

Owns: which functions those are, and `doings_of`, which gives the object, what is done to it, and
how many tasks that wakes.
Does not own: hearing of their beginnings (engine.lines.starts), keeping what was read
(engine.histories).

Most of these calls are rare.  Functions that a program calls at every step are read only on
request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import CodeType, FrameType, FunctionType
from typing import Any

import trio
from trio import _socket
from trio._channel import MemoryReceiveChannel, MemorySendChannel
from trio._core import _ki, _run
from trio._core._ki import enable_ki_protection
from trio._ssl import SSLStream

from stepdbg.model.deeds import DeedKind

from .frame_values import is_a, let_go_at_event
from .runs import current_task
from .scopes import catches, is_effectively_cancelled, task_is_cancelled
from .waits import channel_state, is_open, lock_of, lot_of

TaskStatus: type = getattr(_run, "_TaskStatus", type(None))
"""The type of the `task_status` that a task gets; a type without objects if Trio lacks it."""


Doing = tuple[object, DeedKind, int | None, str, bool]
"""Something that is about to be done to an object.  As in `model.deeds.Deed`: what is done, how
many tasks that wakes, to which part of the object, and whether it comes too late.
"""

Names = Mapping[str, Any]


def _set(names: Names) -> list[Doing]:
    event: trio.Event = names["self"]
    if event.is_set():
        return []
    return [(event, DeedKind.SET, len(getattr(event, "_tasks", ())), "", False)]


def _notify(names: Names) -> list[Doing]:
    condition: trio.Condition = names["self"]
    if not _owns_lock(condition):
        return []
    waiting = len(lot_of(condition))
    count = names["n"] if type(names["n"]) is int else waiting
    return [(condition, DeedKind.NOTIFIED, max(0, min(count, waiting)), "", False)]


def _notify_all(names: Names) -> list[Doing]:
    condition: trio.Condition = names["self"]
    if not _owns_lock(condition):
        return []
    return [(condition, DeedKind.NOTIFIED_ALL, len(lot_of(condition)), "", False)]


def _owns_lock(condition: trio.Condition) -> bool:
    """Whether the task has the condition's lock, so that the call will not be refused."""
    return lock_of(condition).statistics().owner is current_task()


def _close_sender(names: Names) -> list[Doing]:
    end: MemorySendChannel[object] = names["self"]
    if not is_open(end):
        return []
    state = channel_state(end)
    last = state.open_send_channels == 1
    woke = len(end._tasks) + len(state.receive_tasks) * last
    return _closed(end, state, woke, "send channel")


def _close_receiver(names: Names) -> list[Doing]:
    end: MemoryReceiveChannel[object] = names["self"]
    if not is_open(end):
        return []
    state = channel_state(end)
    last = state.open_receive_channels == 1
    woke = len(end._tasks) + len(state.send_tasks) * last
    return _closed(end, state, woke, "receive channel")


def _closed(end: object, state: object, woke: int, what: str) -> list[Doing]:
    kind = DeedKind.CLOSED
    return [(end, kind, woke, "", False), (state, kind, woke, what, False)]


def _started(names: Names) -> list[Doing]:
    status = names["self"]
    nursery: trio.Nursery = status._old_nursery
    if not nursery.child_tasks:  # it was called before, so this call is refused
        return []
    late = is_effectively_cancelled(nursery.cancel_scope)
    return [(each, DeedKind.STARTED, int(not late), "", late) for each in (status, nursery)]


def _catch(names: Names) -> list[Doing]:
    error, scope = names["exc"], names["self"]
    if error is None or not catches(scope, error):
        return []
    return [(each, DeedKind.CAUGHT, None, "", False) for each in (scope, current_task())]


def _close_file(names: Names) -> list[Doing]:
    """A socket, or a stream over a file descriptor."""
    still_open = names["self"].fileno() != -1
    return [(names["self"], DeedKind.CLOSED, None, "", False)] if still_open else []


def _close_stream(names: Names) -> list[Doing]:
    return [(names["self"], DeedKind.CLOSED, None, "", False)]


# -- what is done at every turn, and read only on request -----------------------------------


def _send(names: Names) -> list[Doing]:
    end: MemorySendChannel[object] = names["self"]
    state = channel_state(end)
    if not is_open(end) or not state.open_receive_channels:
        return []
    if state.receive_tasks or len(state.data) < state.max_buffer_size:
        return [(state, DeedKind.SENT, int(bool(state.receive_tasks)), "", False)]
    return [(state, DeedKind.BLOCKED, None, "send", False)]


def _receive(names: Names) -> list[Doing]:
    end: MemoryReceiveChannel[object] = names["self"]
    state = channel_state(end)
    if not is_open(end):
        return []
    if state.data or state.send_tasks:
        return [(state, DeedKind.RECEIVED, int(bool(state.send_tasks)), "", False)]
    return [(state, DeedKind.BLOCKED, None, "receive", False)] if state.open_send_channels else []


def _acquire(names: Names) -> list[Doing]:
    """A lock."""
    lock: trio.Lock = names["self"]
    known = lock.statistics()
    if known.owner is current_task():
        return []
    kind, what = (DeedKind.BLOCKED, "acquire") if known.locked else (DeedKind.ACQUIRED, "")
    return [(lock, kind, None, what, False)]


def _release(names: Names) -> list[Doing]:
    lock: trio.Lock = names["self"]
    known = lock.statistics()
    if known.owner is not current_task():
        return []
    return [(lock, DeedKind.RELEASED, min(1, known.tasks_waiting), "", False)]


def _take(names: Names) -> list[Doing]:
    """Take from a semaphore."""
    semaphore: trio.Semaphore = names["self"]
    kind, what = (DeedKind.ACQUIRED, "") if semaphore.value else (DeedKind.BLOCKED, "acquire")
    return [(semaphore, kind, None, what, False)]


def _give_back(names: Names) -> list[Doing]:
    semaphore: trio.Semaphore = names["self"]
    woke = min(1, semaphore.statistics().tasks_waiting)
    if not woke and semaphore.value == semaphore.max_value:  # this call is refused
        return []
    return [(semaphore, DeedKind.RELEASED, woke, "", False)]


def _borrow(names: Names) -> list[Doing]:
    """Borrow from a limiter."""
    limiter: trio.CapacityLimiter = names["self"]
    known = limiter.statistics()
    if any(each is names["borrower"] for each in known.borrowers):
        return []
    free = known.borrowed_tokens < known.total_tokens and not known.tasks_waiting
    kind, what = (DeedKind.ACQUIRED, "") if free else (DeedKind.BLOCKED, "acquire")
    return [(limiter, kind, None, what, False)]


def _return(names: Names) -> list[Doing]:
    limiter: trio.CapacityLimiter = names["self"]
    known = limiter.statistics()
    if not any(each is names["borrower"] for each in known.borrowers):
        return []
    return [(limiter, DeedKind.RELEASED, min(1, known.tasks_waiting), "", False)]


_Reader = Callable[[Names], list[Doing]]

_READERS: tuple[tuple[object, str, _Reader], ...] = (
    (trio.Event, "set", _set),
    (trio.Condition, "notify", _notify),
    (trio.Condition, "notify_all", _notify_all),
    (MemorySendChannel, "close", _close_sender),
    (MemoryReceiveChannel, "close", _close_receiver),
    (TaskStatus, "started", _started),
    (trio.CancelScope, "_close", _catch),
    (getattr(_socket, "_SocketType", None), "close", _close_file),
    (getattr(trio.lowlevel, "FdStream", None), "close", _close_file),  # not on Windows
    (SSLStream, "aclose", _close_stream),
)

_AT_EVERY_TURN: tuple[tuple[object, str, _Reader], ...] = (
    (MemorySendChannel, "send_nowait", _send),
    (MemoryReceiveChannel, "receive_nowait", _receive),
    (trio.Lock, "acquire_nowait", _acquire),
    (trio.Lock, "release", _release),
    (trio.Semaphore, "acquire_nowait", _take),
    (trio.Semaphore, "release", _give_back),
    (trio.CapacityLimiter, "acquire_on_behalf_of_nowait", _borrow),
    (trio.CapacityLimiter, "release_on_behalf_of", _return),
)


# By name and not by code: on 3.11 a function has other code while stepdbg listens to it.
_BY_NAME = {
    function.__code__.co_qualname: reader
    for owner, name, reader in (*_READERS, *_AT_EVERY_TURN)
    if type(function := getattr(owner, name, None)) is FunctionType
}


def functions(*, every: bool = False) -> list[FunctionType]:
    """The functions to listen to; every: also those that a program calls at every step."""
    rows = (*_READERS, *_AT_EVERY_TURN) if every else _READERS
    found = [getattr(owner, name, None) for owner, name, _ in rows]
    return [each for each in found if type(each) is FunctionType]


def doings_of(frame: FrameType) -> list[Doing]:
    """What one of those functions, which begins, is about to do."""
    name = frame.f_code.co_qualname
    reader = _BY_NAME.get(name)
    if reader is None or (reader is _catch and not _may_catch()):
        return []
    names = frame.f_locals
    found = reader(names)
    let_go_at_event(frame, names)
    if found and found[0][1] is DeedKind.BLOCKED and not _waits_then(frame, name):
        return []
    return found


def _may_catch() -> bool:
    """Whether the current task is being cancelled; that takes less time than to read a frame."""
    task = current_task()
    return task is not None and task_is_cancelled(task)


def _waits_then(frame: FrameType, name: str) -> bool:
    """Whether a function that never blocks is called by its blocking twin, which then waits."""
    caller = frame.f_back
    return caller is not None and f"{caller.f_code.co_qualname}_nowait" == name


def _variables(frame: FrameType) -> dict[str, object]:
    names = frame.f_locals
    found = dict(names)
    let_go_at_event(frame, names)
    return found


def code_renewed(function: FunctionType, before: CodeType) -> None:
    """Make the new code of a function of Trio defer Ctrl-C, if its code before did."""
    with suppress(AttributeError, KeyError):  # the check at the start has warned
        if _ki._CODE_KI_PROTECTION_STATUS_WMAP[before]:
            enable_ki_protection(function)


def left_with(frame: FrameType) -> tuple[bool, str]:
    """Whether own code has called a frame because it leaves a `with`, and how it leaves.

    Returns: whether that is so, and the type of the exception that leaves it; empty without one.
    """
    if frame.f_code.co_name not in ("__exit__", "__aexit__"):
        return False, ""
    names = _variables(frame)
    error = names.get("exc_type", names.get("etype"))  # in Trio's own scopes it is called `etype`
    if not is_a(error, type):
        return True, ""
    return True, type.__getattribute__(error, "__name__")  # whatever its metaclass has


def stream_file(stream: object) -> object:
    """The object to note as closed for a stream: the socket below one of Trio's, else itself."""
    if is_a(stream, trio.SocketStream, trio.SocketListener):
        return stream.socket
    return stream
