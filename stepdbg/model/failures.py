"""What an exception looks like: groups, causes, contexts, and the tasks behind them.

Owns: `ExceptionNode`.  Does not own: exceptions themselves, or numbering them (engine), those of
which nobody has been told yet (waits).
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
    """How an exception comes to be where it is in the tree."""

    ROOT = "root"
    MEMBER = "member"  # of the group above it
    CAUSE = "cause"  # the one above was raised from it
    CONTEXT = "context"  # the one above was raised while it was handled


@dataclass(frozen=True, slots=True)
class ExceptionNode:
    """One exception of a tree.

    number: ``1`` for the whole, ``1.2`` for the second one below it, …
    summary: type and message, in lines of their own the rest of the message and the notes.
    place: the innermost own line of its traceback, None when there is none.
    group: it has members, which stand below it.
    task: whose failure it was; None where it was no task's own, or a group.
    spawn: where that task was spawned.  first: everything began with it.
    party: who stands behind an error about a resource.
    in_view: it is the one that is looked at.
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
        """How far below the whole it stands: 0 for the whole."""
        return self.number.count(".")
