"""A whole run on one page: every task in the tree, with what it waits for.

Owns: `Overview`.  Does not own: gathering it (launcher.overview), how it looks (render).
"""

from __future__ import annotations

from .records import dataclass
from .task import NurserySnapshot, RunSnapshot, ScopeSnapshot, TaskLabel, TaskSnapshot
from .waits import Deadlock, WaitLink, WorkerThread


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One line of the tree.

    depth: how far in it stands; whatever follows further in is inside of it.
    what: a task; or a nursery or scope of the task that stands next further out.
    link: a task's wait, None for a nursery or scope and for a task that is gone by now.
    alike: more tasks of the same nursery that stand at the same place and have no tasks of
        their own; they have no lines.
    """

    depth: int
    what: TaskSnapshot | NurserySnapshot | ScopeSnapshot
    link: WaitLink | None = None
    alike: tuple[TaskLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """A run, its tasks with their waits, its threads and its deadlocks."""

    run: RunSnapshot
    rows: tuple[OverviewRow, ...]
    threads: tuple[WorkerThread, ...] = ()
    deadlocks: tuple[Deadlock, ...] = ()
