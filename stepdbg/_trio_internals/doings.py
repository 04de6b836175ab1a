"""What functions of Trio are about to do to an object, read where they begin.

Owns: which functions those are, and `doings_of`: the object, what is done to it, whom that wakes.
Does not own: hearing of their beginnings (engine.lines.starts), keeping what was read
(engine.histories).

Only rare functions are among them: what a program does at every step is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import trio
from trio import _socket
from trio._channel import MemoryReceiveChannel, MemorySendChannel
from trio._core import _ki, _run
from trio._core._ki import enable_ki_protection
from trio._ssl import SSLStream

from stepdbg.model.deeds import DeedKind

from .frame_values import let_go_at_event
from .runs import current_task
from .scopes import is_effectively_cancelled
from .waits import channel_state, is_open, lock_of, lot_of

TaskStatus: type = getattr(_run, "_TaskStatus", type(None))
"""The type of what is handed to a task as `task_status`; of nothing where Trio lacks it."""


class Doing(NamedTuple):
    """Something that is about to be done to an object.

    woke: how many tasks that wakes; None where that is not known.
    what: which part of the object.  late: it comes too late.
    """

    obj: object
    kind: DeedKind
    woke: int | None = None
    what: str = ""
    late: bool = False


def _set(names: dict[str, Any]) -> Iterator[Doing]:
    event: trio.Event = names["self"]
    if not event.is_set():
        yield Doing(event, DeedKind.SET, len(getattr(event, "_tasks", ())))


def _notify(names: dict[str, Any]) -> Iterator[Doing]:
    condition: trio.Condition = names["self"]
    waiting = len(lot_of(condition))
    if _owns_lock(condition):
        count = names["n"] if type(names["n"]) is int else waiting
        yield Doing(condition, DeedKind.NOTIFIED, max(0, min(count, waiting)))


def _notify_all(names: dict[str, Any]) -> Iterator[Doing]:
    condition: trio.Condition = names["self"]
    if _owns_lock(condition):
        yield Doing(condition, DeedKind.NOTIFIED_ALL, len(lot_of(condition)))


def _owns_lock(condition: trio.Condition) -> bool:
    """Whether it will not be refused."""
    return lock_of(condition).statistics().owner is current_task()


def _close_sender(names: dict[str, Any]) -> Iterator[Doing]:
    end: MemorySendChannel[object] = names["self"]
    if is_open(end):
        state = channel_state(end)
        last = state.open_send_channels == 1
        woke = len(end._tasks) + len(state.receive_tasks) * last
        yield Doing(end, DeedKind.CLOSED, woke)
        yield Doing(state, DeedKind.CLOSED, woke, "send channel")


def _close_receiver(names: dict[str, Any]) -> Iterator[Doing]:
    end: MemoryReceiveChannel[object] = names["self"]
    if is_open(end):
        state = channel_state(end)
        last = state.open_receive_channels == 1
        woke = len(end._tasks) + len(state.send_tasks) * last
        yield Doing(end, DeedKind.CLOSED, woke)
        yield Doing(state, DeedKind.CLOSED, woke, "receive channel")


def _started(names: dict[str, Any]) -> Iterator[Doing]:
    status = names["self"]
    nursery: trio.Nursery = status._old_nursery
    if not nursery.child_tasks:  # it was called before, which is refused
        return
    late = is_effectively_cancelled(nursery.cancel_scope)
    yield Doing(status, DeedKind.STARTED, int(not late), late=late)
    yield Doing(nursery, DeedKind.STARTED, int(not late), late=late)


def _close_file(names: dict[str, Any]) -> Iterator[Doing]:
    """A socket, or a stream over a file descriptor."""
    if names["self"].fileno() != -1:
        yield Doing(names["self"], DeedKind.CLOSED)


def _close_stream(names: dict[str, Any]) -> Iterator[Doing]:
    yield Doing(names["self"], DeedKind.CLOSED)


_READERS: tuple[tuple[object, str, Callable[[dict[str, Any]], Iterator[Doing]]], ...] = (
    (trio.Event, "set", _set),
    (trio.Condition, "notify", _notify),
    (trio.Condition, "notify_all", _notify_all),
    (MemorySendChannel, "close", _close_sender),
    (MemoryReceiveChannel, "close", _close_receiver),
    (TaskStatus, "started", _started),
    (getattr(_socket, "_SocketType", None), "close", _close_file),
    (getattr(trio.lowlevel, "FdStream", None), "close", _close_file),  # not on Windows
    (SSLStream, "aclose", _close_stream),
)


# By name and not by code: on 3.11 a function has other code while it is listened to.
_BY_NAME = {
    function.__code__.co_qualname: reader
    for owner, name, reader in _READERS
    if type(function := getattr(owner, name, None)) is FunctionType
}


def functions() -> list[FunctionType]:
    """The functions whose beginnings are to be heard of."""
    found = [getattr(owner, name, None) for owner, name, _ in _READERS]
    return [each for each in found if type(each) is FunctionType]


def doings_of(frame: FrameType) -> list[Doing]:
    """What one of those functions, which begins, is about to do."""
    reader = _BY_NAME.get(frame.f_code.co_qualname)
    return [] if reader is None else list(reader(_variables(frame)))


def _variables(frame: FrameType) -> dict[str, object]:
    names = frame.f_locals
    found = dict(names)
    let_go_at_event(frame, names)
    return found


def code_renewed(function: FunctionType, before: CodeType) -> None:
    """A function of Trio's has got other code: let it defer Ctrl-C if it did before."""
    with suppress(AttributeError, KeyError):  # the check of the names has told
        if _ki._CODE_KI_PROTECTION_STATUS_WMAP[before]:
            enable_ki_protection(function)


def left_with(frame: FrameType) -> tuple[bool, str]:
    """Whether a frame that own code has called is there because a `with` is left, and why.

    Returns: whether it is, and the type of the exception that leaves it, empty without one.
    """
    if frame.f_code.co_name not in ("__exit__", "__aexit__"):
        return False, ""
    error = _variables(frame).get("exc_type")
    return True, error.__name__ if type(error) is type else ""


def stream_file(stream: object) -> object:
    """What of a stream is noted as closed: the socket below one of Trio's, else the stream."""
    if isinstance(stream, trio.SocketStream | trio.SocketListener):
        return stream.socket
    return stream
