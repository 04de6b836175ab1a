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
It works at a stop where a task fails, after the end of a program that failed, and in a dump of
either. Every exception of the tree has a number such as `1.2`; `exc 1.2` looks at the frames of its
traceback. For each exception it names the task that raised it, if stepdbg knows that. The exception
with which everything began is marked.

An exception whose task still waits in a clean-up or for its nursery is "on its way". `exceptions`
lists it at any stop, and `why`, `task` and `where` mention it.
""",
        examples=("exceptions", "exc 1.2"),
        completes=("nothing",),
        needs=Needs.PICTURE,
    ),
)
