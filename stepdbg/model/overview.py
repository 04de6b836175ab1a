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

    depth: how far it is indented; the rows after it that are indented further are inside it.
    what: a task; or a nursery or scope of the nearest task that is indented less; or tasks of the
        same nursery without lines of their own, as they are just like the task of this depth above.
    link: a task's wait; None for other rows, and for a task that has ended meanwhile.
    """

    depth: int
    what: TaskSnapshot | NurserySnapshot | ScopeSnapshot | tuple[TaskLabel, ...]
    link: WaitLink | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """A run, its tasks with their waits, its threads and its deadlocks."""

    run: RunSnapshot
    rows: tuple[OverviewRow, ...]
    threads: tuple[WorkerThread, ...] = ()
    deadlocks: tuple[Deadlock, ...] = ()
