"""What was done to objects, and by which task; waits, errors and histories tell of it.

Owns: `Deed`, `Party`, `Failed`.
Does not own: noting deeds (engine.histories), the words (render), the reply (history).

Deeds are the recorder's: without it there are none.
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
    CAUGHT = "caught"  # the Cancelled of a scope, where the program goes on behind its `with`
    ACQUIRED = "acquired"
    RELEASED = "released"
    SENT = "sent"
    RECEIVED = "received"
    BLOCKED = "blocked"  # could not go on at once; `Deed.what` says with what


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done to an object.

    task: who did it; None where no task did, as when a deadline passes.
    step: the number of its step, 0 for none.
    time: program seconds since the start of the run.
    place: its own line.
    woke: how many tasks it woke; None where that is not known.
    leaving: a `with` or `async with` of that line did it, when it was left.
    error: the type of the exception that left the `with`, empty without one.
    what: which part of the object: ``send channel``, ``receive channel``; empty for all of it.
        Of a task that blocked: ``send``, ``receive``, ``acquire``.
    late: it came too late: what it was for had been cancelled.
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
    """What somebody has to do with a resource about which there is an error."""

    CLOSED = "closed"
    USES = "uses"
    HOLDS = "holds"
    NOBODY = "nobody holds"


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands behind an error about a resource.

    what: the resource: ``receive channel``, ``Lock``.
    task: who closed, uses or holds it; None for nobody, or no task.
    itself: that is the task that has failed.
    deed: the closing, or how a lock came to its holder; None where it was not recorded.
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
    """What a task has failed with.

    summary: as of an `ExceptionNode`.  place: the innermost own line of its traceback.
    party: who stands behind it, None where it is about no resource, or nobody knows.
    """

    summary: str
    place: Place | None
    party: Party | None = None
