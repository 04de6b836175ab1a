"""Rows: why things do not go on.  Their code is in `commands.why`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Repeat

GROUP = "finding out why"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("why",),
        usage="why [-a] [TASK…]",
        group=GROUP,
        summary="say what a task waits for, who could end that, and what those wait for",
        handler="why:why",
        text="""
One sentence for each task: what it waits for, where, and which tasks could let it go on;
further in, what those tasks wait for. Tasks that wait for one another are named as a
deadlock. What stands in brackets was noted by the recorder and is left out without it.

Without TASK it is about the task in view; at a stop without one, about the main task. -a
is about every task.
""",
        examples=("why", "why worker#2", "why -a"),
        completes=("task",),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
    ),
)
