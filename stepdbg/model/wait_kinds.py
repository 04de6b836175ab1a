"""The table of waits: what all waits of one kind have in common.

Owns: `WAITS`, one row for each `WaitKind`: which tasks can end such a wait, and its words.
Does not own: recognising a wait (engine.waiting), the pieces of a sentence (render.waits).
"""

from __future__ import annotations

import enum

from .records import dataclass
from .task import WaitKind
from .waits import Ending, WaitState


class EndedBy(enum.Enum):
    """How many of the possible wakers it takes to end a wait."""

    ANY = "any one of several tasks"
    ALL = "each of certain tasks"
    TIME = "a deadline"
    OUTSIDE = "something outside of the run"

    __hash__ = object.__hash__  # `Enum.__hash__` calls `hash`, which the program may replace


class Needs(enum.Enum):
    """What a task must have to end a wait."""

    OBJECT = "the object that is waited for"
    OTHER_END = "the other end of the channel"
    TASKS = "nothing: Trio knows which tasks it has to be"
    NOTHING = "nothing: no task can"


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One kind of wait.

    short: what the task does, in the column of its state.
    sentence: the same in full, with pieces in braces that `render.waits` fills in.
    verbs: the attributes that end it, the most direct first, including those that a statement
        such as ``async with`` looks up; a task whose code names one is more likely to end the wait.
    release: what would end it, as a noun before the object: ``setting``.
    counted: whether nothing can end it once nothing refers to the object any more (for a start: to
        its `task_status`).
    state: the state of a task in such a wait.
    taken_in_block: whether a ``with`` block takes what is waited for when it is entered and gives
        it back at its end.  Only the end of a block that was entered before can end such a wait.
    """

    ended_by: EndedBy
    needs: Needs
    short: str
    sentence: str
    verbs: tuple[str, ...] = ()
    release: str = "ending"
    counted: bool = False
    state: WaitState = WaitState.BLOCKED
    taken_in_block: bool = False

    @property
    def ending(self) -> Ending:
        """Who could end such a wait, as far as its kind decides that."""
        return _ENDINGS.get(self.ended_by, Ending.TASKS)


_ENDINGS = {EndedBy.TIME: Ending.TIME, EndedBy.OUTSIDE: Ending.OUTSIDE}

_ANY, _ALL, _TIME, _OUTSIDE = EndedBy
_OBJECT, _OTHER_END, _TASKS, _NOTHING = Needs

WAITS = {
    WaitKind.EVENT: WaitRow(
        _ANY,
        _OBJECT,
        "waits for an event",
        "waits for {object}{at}{could}",
        verbs=("set",),
        release="setting",
        counted=True,
    ),
    WaitKind.LOCK: WaitRow(
        _ALL,
        _OBJECT,
        "waits for a lock",
        "waits for {object}{at}, held by {holder}{since}{others}",
        release="releasing",
    ),
    WaitKind.CONDITION: WaitRow(
        _ANY,
        _OBJECT,
        "waits for a condition",
        "waits for a notification of {object}{at}{could}{lock}{others}",
        verbs=("notify", "notify_all"),
        release="notifying",
        counted=True,
    ),
    WaitKind.SEMAPHORE: WaitRow(
        _ANY,
        _OBJECT,
        "waits for a semaphore",
        "waits for {object}{at}, whose value is 0{could}{others}",
        verbs=("release", "__aexit__", "__exit__"),
        release="releasing",
        counted=True,
        taken_in_block=True,
    ),
    WaitKind.LIMITER: WaitRow(
        _ANY,
        _OBJECT,
        "waits for a token",
        "waits for {object}{at}: {tokens}{others}",
        release="giving back a token of",
    ),
    WaitKind.RECEIVE: WaitRow(
        _ANY,
        _OTHER_END,
        "waits to receive",
        "waits to receive from {channel}{opened}{at}: {senders}, buffer {buffer}{left}{others}",
        verbs=("send", "send_nowait", "aclose", "close", "__aexit__", "__exit__"),
        release="sending into or closing the other end of",
        counted=True,
    ),
    WaitKind.SEND: WaitRow(
        _ANY,
        _OTHER_END,
        "waits to send",
        "waits to send into {channel}{opened}{at}: {receivers}, buffer {buffer}{left}{others}",
        verbs=(
            *("receive", "receive_nowait", "aclose", "close", "__aexit__", "__exit__"),
            *("__aiter__", "__anext__"),
        ),
        release="receiving from or closing the other end of",
        counted=True,
    ),
    WaitKind.NURSERY: WaitRow(
        _ALL,
        _TASKS,
        "waits for children",
        "waits for its nursery{name}{at}: {children}",
        release="the end of the children of",
    ),
    WaitKind.START: WaitRow(
        _ALL,
        _TASKS,
        "waits for started()",
        "waits for {starting} to call started(){at}",
        counted=True,
    ),
    WaitKind.SLEEP: WaitRow(_TIME, _NOTHING, "asleep", "sleeps{at}{until}"),
    WaitKind.FOREVER: WaitRow(
        _OUTSIDE,
        _NOTHING,
        "asleep for ever",
        "sleeps for ever{at}: only a cancellation ends that",
        state=WaitState.FOREVER,
    ),
    WaitKind.READABLE: WaitRow(
        _OUTSIDE, _NOTHING, "waits for I/O", "waits to read from {object}{at}{file}"
    ),
    WaitKind.WRITABLE: WaitRow(
        _OUTSIDE, _NOTHING, "waits for I/O", "waits to write to {object}{at}{file}"
    ),
    WaitKind.PROCESS: WaitRow(
        _OUTSIDE, _NOTHING, "waits for a process", "waits for the end of {object} (pid {pid}){at}"
    ),
    WaitKind.SIGNAL: WaitRow(_OUTSIDE, _NOTHING, "waits for a signal", "waits for {signals}{at}"),
    WaitKind.THREAD: WaitRow(
        _OUTSIDE,
        _NOTHING,
        "waits for a thread",
        "waits for the thread {thread}{at}{thread at}",
        state=WaitState.IN_THREAD,
    ),
    WaitKind.IDLE: WaitRow(
        _TIME, _NOTHING, "waits for idleness", "waits until every other task is blocked{at}"
    ),
    WaitKind.PARKING_LOT: WaitRow(
        _ANY,
        _OBJECT,
        "waits in a parking lot",
        "waits in {object}{at}{could}",
        verbs=("unpark", "unpark_all"),
        release="unparking",
    ),
    WaitKind.ENTRY_QUEUE: WaitRow(
        _OUTSIDE,
        _NOTHING,
        "waits for calls",
        "waits for calls from other threads and signal handlers",
    ),
    WaitKind.CUSTOM: WaitRow(
        _OUTSIDE, _NOTHING, "blocked", "waits in {function}{at}, which is unknown to Trio"
    ),
}
"""The row of each kind; a missing one is a `KeyError` at the first such wait, and fails a test."""
