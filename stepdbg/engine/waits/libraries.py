"""Recognisers for what libraries build out of Trio's parts.

Owns: the functions of anyio in which tasks wait for something that anyio keeps itself.
Does not own: what anyio hands on to Trio (locks, semaphores, threads): there Trio's object is
what is waited for, and `recognisers` knows it.

No library is imported: what is asked is an object that the program has, and only for its
``statistics()``, which is public.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, cast

from stepdbg.model.waits import Ending, WaitKind

from .objects import Found, Table, Waiting

LIBRARIES = Table()
"""Every recogniser by the functions that it knows."""


class _StreamStatistics(Protocol):
    @property
    def current_buffer_used(self) -> int: ...
    @property
    def max_buffer_size(self) -> float: ...
    @property
    def open_send_streams(self) -> int: ...
    @property
    def open_receive_streams(self) -> int: ...
    @property
    def tasks_waiting_send(self) -> int: ...
    @property
    def tasks_waiting_receive(self) -> int: ...


class _Stream(Protocol):
    def statistics(self) -> _StreamStatistics: ...


class _WaitersStatistics(Protocol):
    @property
    def tasks_waiting(self) -> int: ...


class _Waited(Protocol):
    def statistics(self) -> _WaitersStatistics: ...


@LIBRARIES.knows("anyio.streams.memory:MemoryObjectReceiveStream.receive")
def _receive(waiting: Waiting) -> Found | None:
    end = waiting.self
    return _stream(WaitKind.RECEIVE, end, "MemoryObjectSendStream") if end is not None else None


@LIBRARIES.knows("anyio.streams.memory:MemoryObjectSendStream.send")
def _send(waiting: Waiting) -> Found | None:
    end = waiting.self
    return _stream(WaitKind.SEND, end, "MemoryObjectReceiveStream") if end is not None else None


def _stream(kind: WaitKind, end: object, peer: str) -> Found:
    known = cast(_Stream, end).statistics()
    numbers = [
        ("open senders", known.open_send_streams),
        ("open receivers", known.open_receive_streams),
        ("buffer used", known.current_buffer_used),
    ]
    if not math.isinf(known.max_buffer_size):
        numbers.append(("buffer size", int(known.max_buffer_size)))
    receives = kind is WaitKind.RECEIVE
    return Found(
        kind,
        Ending.TASKS,
        end,
        "receive stream" if receives else "send stream",
        keys=_is_open_peer(end, peer),
        waiters=known.tasks_waiting_receive if receives else known.tasks_waiting_send,
        numbers=tuple(numbers),
    )


def _is_open_peer(end: object, peer: str) -> Callable[[object], bool]:
    """Whether an object is an end of the same stream that has not been closed."""
    kind, state = type(end), vars(end).get("_state")

    def is_it(other: object) -> bool:
        # By names: a look at the variables of all tasks must run no code of theirs.
        if type(other).__name__ != peer or type(other).__module__ != kind.__module__:
            return False
        attributes = vars(other)
        return attributes.get("_state") is state and not attributes.get("_closed")

    return is_it


@LIBRARIES.knows("anyio._core._synchronization:Condition.wait")
def _condition(waiting: Waiting) -> Found | None:
    condition = waiting.self
    if not any(frame.f_code.co_qualname == "Event.wait" for frame in waiting.inner):
        return None  # it has been notified, and waits for the lock as everybody does
    known = cast(_Waited, condition).statistics()
    return Found(
        WaitKind.CONDITION,
        Ending.TASKS,
        condition,
        "Condition",
        keys=lambda other: other is condition,
        waiters=known.tasks_waiting,
    )
