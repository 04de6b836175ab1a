"""Rows: breakpoints.  Their code is in `commands.breaks`; what they stop at in `targets`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs

GROUP = "breakpoints"

_TARGET_TEXT = """
Without arguments it lists the breakpoints with their hits.
"""

_FILES_TEXT = """
`break save FILE` writes the breakpoints to a file, `break load FILE` sets them again. `save`
and `read` do the same with displays, aliases and settings as well.
"""

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("break", "b"),
        usage="break [TARGET [if CONDITION][, MODIFIER]…] | break save FILE | break load FILE",
        group=GROUP,
        summary="set a breakpoint, or list them",
        handler="breaks:break_",
        text=_TARGET_TEXT + _FILES_TEXT,
        examples=(
            "break task worker",
            "break task *.child?, n > 2",
            'break task "my worker"',
            'break server.py:12, log "got {request} from {peer}"',
            "break handle task worker*, per task, hits ==2",
            "break",
        ),
        completes=("target",),
        needs=Needs.NOTHING,
        while_running=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("tbreak",),
        usage="tbreak TARGET [if CONDITION][, MODIFIER]…",
        group=GROUP,
        summary="set a breakpoint that is cleared when it is hit",
        handler="breaks:tbreak",
        text="",
        examples=("tbreak task worker#2",),
        completes=("target",),
        needs=Needs.NOTHING,
        while_running=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("watch",),
        usage="watch EXPR[, [if] CONDITION]",
        group=GROUP,
        summary="stop when the value of a name, attribute or item changes",
        handler="breaks:watch",
        text="""
EXPR is a path such as `count`, `self.jobs[0].state` or `totals["a"]`, looked up in the frame in
view. stepdbg runs no code of the program to look at it. It looks before each line of your own code
and before and after each step. The stop says in which step of which task, and at which line, the
value changed. A watch is a breakpoint: `break` lists it, `clear` and `disable` take its number. A
watch on a local variable is cleared when the function ends. As with other breakpoints, CONDITION
sees the names of the function that runs when the change is noticed, which may be another one.

stepdbg compares descriptions of the value, made without the object's own `__repr__`. So it does not
notice a change inside an object of a class of yours (watch its attribute), a change deep inside or
near the end of a large container, or a change that is undone before the next look. It cannot watch
a property. It reports a change by a library at the next look, as if the line or step before had
made it. If another thread looked last, the stop names the lines of both threads. Your own code runs
far slower while you watch something, and as fast as before afterwards.
""",
        examples=("watch self.balance", "watch jobs[0].state", "watch count, if count > 3"),
        completes=("python",),
        needs=Needs.STOP,
        wants_more=True,
        later=True,
    ),
    CommandRow(
        names=("clear", "cl"),
        usage="clear [-y] [NUMBER… | FILE:LINE]",
        group=GROUP,
        summary="clear breakpoints by number, those at a line, or all of them",
        handler="breaks:clear",
        text="""
At a terminal it asks before it clears all of them; -y skips the question.
""",
        examples=("clear 1 3", "clear server.py:12"),
        completes=("breakpoint",),
        options=("-y",),
        needs=Needs.NOTHING,
        while_running=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("disable",),
        usage="disable [NUMBER…]",
        group=GROUP,
        summary="keep breakpoints, but do not stop at them; without numbers: all",
        handler="breaks:disable",
        completes=("breakpoint",),
        needs=Needs.NOTHING,
        while_running=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("enable",),
        usage="enable [NUMBER…]",
        group=GROUP,
        summary="stop at disabled breakpoints again; without numbers: all",
        handler="breaks:enable",
        completes=("breakpoint",),
        needs=Needs.NOTHING,
        while_running=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("ignore",),
        usage="ignore NUMBER [COUNT]",
        group=GROUP,
        summary="let the next COUNT hits of a breakpoint pass",
        handler="breaks:ignore",
        text="Only hits whose condition is true count. Without COUNT it stops at its next hit.",
        examples=("ignore 1 10",),
        completes=("breakpoint", "nothing"),
        needs=Needs.NOTHING,
        asks_nothing=True,
    ),
    CommandRow(
        names=("condition",),
        usage="condition NUMBER [CONDITION]",
        group=GROUP,
        summary="change the condition of a breakpoint, or drop it",
        handler="breaks:condition",
        examples=("condition 1 n > 2", "condition 1"),
        completes=("breakpoint", "python"),
        needs=Needs.NOTHING,
        asks_nothing=True,
    ),
    CommandRow(
        names=("commands",),
        usage="commands [NUMBER]",
        group=GROUP,
        summary="give a breakpoint lines to run at each hit, up to `end`",
        handler="breaks:commands",
        text="""
The lines that follow belong to the breakpoint (without NUMBER: to the one set last), up to the line
`end`. A command that lets the run go on, such as `continue`, also ends the list. The line `silent`
hides the stops of this breakpoint. If there are no lines before `end`, the breakpoint forgets the
lines that it had.
""",
        examples=("commands 1", "commands 1 ;; silent ;; p item ;; continue"),
        completes=("breakpoint", "nothing"),
        needs=Needs.NOTHING,
        asks_nothing=True,
    ),
    CommandRow(
        names=("end",),
        usage="end",
        group=GROUP,
        summary="end the lines of `commands`",
        handler="breaks:end",
        completes=("nothing",),
        needs=Needs.NOTHING,
        asks_nothing=True,
    ),
)
