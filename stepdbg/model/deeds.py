"""What was done to objects, and by which task; waits, errors and histories show it.

Owns: `Deed`, `Party`, `Failed`.
Does not own: noting deeds (engine.histories), the words (render), the reply (history).

Only the recorder notes deeds: without it there are none.
"""

from __future__ import annotations

import enum

from .records import dataclass
from .task import Place, TaskLabel


class DeedKind(enum.StrEnum):
    """What was done to an object."""

    OPENED = "opened"  # a memory channel
    SET = "set"
    NOTIFIED = "notified"
    NOTIFIED_ALL = "notified all"
    CLOSED = "closed"
    STARTED = "started"  # started() was called
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # the deadline of a scope passed
    CAUGHT = "caught"  # a scope caught its Cancelled, and the program goes on after its `with`
    ACQUIRED = "acquired"
    RELEASED = "released"
    SENT = "sent"
    RECEIVED = "received"
    BLOCKED = "blocked"  # a task could not go on at once; `Deed.what` says what it tried


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done to an object.

    task: who did it; None if no task did, as when a deadline passes.
    step: the number of its step, 0 for none.
    time: program seconds since the start of the run.
    place: the own line that did it.
    woke: how many tasks it woke; None if that is not known.
    leaving: a `with` or `async with` of that line did it when the block was left.
    error: the type of the exception that left the `with`, empty without one.
    what: which part of the object: ``send channel``, ``receive channel``; empty for all of it.
        For a task that blocked: ``send``, ``receive``, ``acquire``.
    late: it was done too late: the operation that it was meant for had been cancelled.
    ended: when the task that did it ended, in program seconds; None while it lives.
    """

    kind: DeedKind
    task: TaskLabel | None
    step: int
    time: float
    place: Place | None = None
    woke: int | None = None
    leaving: bool = False
    error: str = ""
    what: str = ""
    late: bool = False
    ended: float | None = None


class PartyKind(enum.StrEnum):
    """How a task is involved in an error about a resource."""

    CLOSED = "closed"
    USES = "uses"
    HOLDS = "holds"
    NOBODY = "nobody holds"


@dataclass(frozen=True, slots=True)
class Party:
    """The task that is responsible for an error about a resource.

    what: the resource: ``receive channel``, ``Lock``.
    task: who closed, uses or holds it; None if no task did.
    itself: that task is the one that has failed.
    deed: the closing, or how the holder of a lock got it; None if it was not recorded.
    place: the own line at which a task uses it.
    """

    kind: PartyKind
    what: str
    task: TaskLabel | None = None
    itself: bool = False
    deed: Deed | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The exception with which a task has failed.

    summary: as in an `ExceptionNode`.
    place: the innermost own line of its traceback.
    party: who is responsible; None if it is not about a resource, or if that is not known.
    """

    summary: str
    place: Place | None
    party: Party | None = None
