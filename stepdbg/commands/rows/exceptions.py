"""Rows: what has been raised.  Their code is in `commands.exceptions`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs

GROUP = "after a failure"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("exceptions", "exc"),
        usage="exceptions [N.N…]",
        group=GROUP,
        summary="show what was raised, with groups, causes and contexts, or look at one of them",
        handler="exceptions:exceptions",
        text="""
At a stop where a task fails, after the end of a program that failed, and in a dump of either.
Every exception of the tree has a number such as `1.2`; `exc 1.2` looks at the frames of its
traceback. Each tells whose it was, as far as that is known; the one that everything began with
is marked.

What has been raised in a task that still waits in a clean-up or for its nursery is on its way;
it is told at any stop, and by `why`, `task` and `where`.
""",
        examples=("exceptions", "exc 1.2"),
        completes=("nothing",),
        needs=Needs.PICTURE,
    ),
)
