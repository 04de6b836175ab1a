"""Recognisers for waits that libraries build from parts of Trio.

Owns: the functions of anyio in which tasks wait for something that anyio itself manages.
Does not own: waits that anyio passes on to Trio, for locks, semaphores and threads (recognisers).

This imports no library.  It only calls ``statistics()``, which is public, on objects that the
program has.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.task import WaitKind

from .objects import Found, Table, Waiting, channel_numbers

LIBRARIES = Table()
"""Every recogniser, by the functions that it knows."""


def _statistics(obj: object, *names: str) -> list[int]:
    """Some of the numbers from an anyio object's ``statistics()``."""
    known = obj.statistics()  # type: ignore[attr-defined]  # each of them has it
    return [getattr(known, name) for name in names]


@LIBRARIES.knows("anyio.streams.memory:MemoryObjectReceiveStream.receive")
def _receive(waiting: Waiting) -> Found | None:
    end = waiting.self
    return _stream(WaitKind.RECEIVE, end, "MemoryObjectSendStream") if end is not None else None


@LIBRARIES.knows("anyio.streams.memory:MemoryObjectSendStream.send")
def _send(waiting: Waiting) -> Found | None:
    end = waiting.self
    return _stream(WaitKind.SEND, end, "MemoryObjectReceiveStream") if end is not None else None


def _stream(kind: WaitKind, end: object, peer: str) -> Found:
    verb = kind.value
    waiters, *numbers = _statistics(
        end,
        f"tasks_waiting_{verb}",
        "open_send_streams",
        "open_receive_streams",
        "current_buffer_used",
        "max_buffer_size",
    )
    return Found(
        kind,
        end,
        f"{verb} stream",
        keys=_is_open_peer(end, peer),
        waiters=waiters,
        numbers=channel_numbers(*numbers),
        power=vars(end).get("_state"),
    )


def _is_open_peer(end: object, peer: str) -> Callable[[object], bool]:
    """Return a test for whether an object is an open other end of the same stream."""
    kind, state = type(end), vars(end).get("_state")

    def is_it(other: object) -> bool:
        # By names, because a search through the variables of all tasks must not run their code.
        if type(other).__name__ != peer or type(other).__module__ != kind.__module__:
            return False
        attributes = vars(other)
        return attributes.get("_state") is state and not attributes.get("_closed")

    return is_it


@LIBRARIES.knows("anyio._core._synchronization:Condition.wait")
def _condition(waiting: Waiting) -> Found | None:
    condition = waiting.self
    if not any(frame.f_code.co_qualname == "Event.wait" for frame in waiting.inner):
        return None  # it has been notified, and now waits for the lock like every other task
    (waiters,) = _statistics(condition, "tasks_waiting")
    return Found(
        WaitKind.CONDITION,
        condition,
        "Condition",
        keys=lambda other: other is condition,
        waiters=waiters,
    )
