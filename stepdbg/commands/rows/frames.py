"""Rows: frames and source.  Their code is in `commands.frames` and `commands.listing`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Repeat

GROUP = "frames and source"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("where", "w", "bt"),
        usage="where [-a] [TASK…] | where -A [-a]",
        group=GROUP,
        summary="show the frames of the task in view or of TASK, innermost first",
        handler="frames:where",
        text="""
Frames of libraries and of Trio, and frames that a recursion repeats, are folded; -a shows them.
Tasks in the same state with equal frames are shown together. -A shows all living tasks.
""",
        examples=("where", "where worker*", "where -A"),
        completes=("task",),
        options=("-a", "-A"),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("up", "u"),
        usage="up [-a] [N]",
        group=GROUP,
        summary="look at the caller of the frame in view",
        handler="frames:up",
        text="Frames of libraries and of Trio are passed over, unless -a is given.",
        completes=("nothing",),
        options=("-a",),
        repeat=Repeat.SAME,
    ),
    CommandRow(
        names=("down", "d"),
        usage="down [-a] [N]",
        group=GROUP,
        summary="look at the frame that the frame in view has called",
        handler="frames:down",
        text="Frames of libraries and of Trio are passed over, unless -a is given.",
        completes=("nothing",),
        options=("-a",),
        repeat=Repeat.SAME,
    ),
    CommandRow(
        names=("frame",),
        usage="frame [N]",
        group=GROUP,
        summary="show the frame in view, or look at frame N (0 is the innermost)",
        handler="frames:frame",
        completes=("frame", "nothing"),
    ),
    CommandRow(
        names=("list", "l"),
        usage="list [.] | [FILE:]LINE | [FILE:]FIRST, LAST",
        group=GROUP,
        summary="show source, eleven lines at a time",
        handler="listing:list_",
        text="""
The first `list` shows the lines around the current line of the frame in view, and the next `list`
goes on from there. `list .` begins again, `list 20` shows the lines around line 20, `list 20, 40`
from 20 to 40; `list 20, 5` shows five more lines than line 20.
""",
        examples=("list", "list .", "list 20", "list 20, 40", "list server.py:1"),
        completes=("file", "nothing"),
        repeat=Repeat.BARE,
    ),
    CommandRow(
        names=("longlist", "ll"),
        usage="longlist",
        group=GROUP,
        summary="show the source of the whole function",
        handler="listing:longlist",
        completes=("nothing",),
        repeat=Repeat.SAME,
    ),
    CommandRow(
        names=("source",),
        usage="source EXPRESSION",
        group=GROUP,
        summary="show the source of the function or class that an expression names",
        handler="listing:source",
        examples=("source worker", "source connection.send"),
        completes=("python",),
        python=True,
    ),
)
