"""What an exception looks like: groups, causes, contexts, and the tasks that raised them.

Owns: `ExceptionNode`.  Does not own: exceptions themselves, or numbering them (engine), or those
that Trio has not reported yet (waits).
"""

from __future__ import annotations

import enum

from .facts import NotRecorded
from .records import dataclass
from .task import Place, Spawn, TaskLabel

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .deeds import Party


class ExceptionRole(enum.StrEnum):
    """How an exception is connected with the one above it in the tree."""

    ROOT = "root"
    MEMBER = "member"  # of the group above it
    CAUSE = "cause"  # the one above was raised from it
    CONTEXT = "context"  # the one above was raised while it was handled


@dataclass(frozen=True, slots=True)
class ExceptionNode:
    """One exception of a tree.

    number: ``1`` for the whole, ``1.2`` for the second one below it, …
    summary: type and message; the rest of the message and the notes follow on further lines.
    place: the innermost own line of its traceback, None when there is none.
    group: it has members, which stand below it.
    task: the task that failed with it; None for a group, and if no task failed with it.
    spawn: where that task was spawned.
    first: this failure caused all the others.
    party: who is responsible for an error about a resource.
    in_view: the user is looking at it.
    """

    number: str
    role: ExceptionRole
    summary: str
    place: Place | None
    group: bool
    task: TaskLabel | NotRecorded | None = None
    spawn: Spawn | NotRecorded | None = None
    first: bool = False
    party: Party | None = None
    in_view: bool = False

    @property
    def depth(self) -> int:
        """How many levels it is below the whole: 0 for the whole."""
        return self.number.count(".")
