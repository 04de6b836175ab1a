"""Rows: values in the frame in view.  Their code is in `commands.values`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs, Repeat

GROUP = "values"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("locals",),
        usage="locals [-a] [PATTERN]",
        group=GROUP,
        summary="show the local variables of the frame in view",
        handler="values:locals_",
        text="Names such as `__name__` are left out unless -a or PATTERN asks for them.",
        examples=("locals", "locals row*"),
        completes=("nothing",),
        options=("-a",),
        repeat=Repeat.SAME,
    ),
    CommandRow(
        names=("args", "a"),
        usage="args",
        group=GROUP,
        summary="show the arguments of the frame in view with their present values",
        handler="values:args",
        completes=("nothing",),
        repeat=Repeat.SAME,
    ),
    CommandRow(
        names=("p",),
        usage="p EXPRESSION",
        group=GROUP,
        summary="show the value of an expression",
        handler="values:print_",
        text="""
A line that is not a command is Python and needs no `p`. Use `p` for expressions that begin with a
command's name, or whose value is None.
""",
        examples=("p len(rows)", "p task"),
        completes=("python",),
        python=True,
    ),
    CommandRow(
        names=("pp",),
        usage="pp EXPRESSION",
        group=GROUP,
        summary="show more of a value, laid out over several lines",
        handler="values:pretty",
        completes=("python",),
        python=True,
    ),
    CommandRow(
        names=("whatis",),
        usage="whatis EXPRESSION",
        group=GROUP,
        summary="show what an expression is: a function or class with its arguments, a type",
        handler="values:whatis",
        completes=("python",),
        python=True,
    ),
    CommandRow(
        names=("display",),
        usage="display [EXPRESSION]",
        group=GROUP,
        summary="show an expression at every stop; without one: list them",
        handler="values:display",
        text="""
If a frame lacks a name of the expression, the stop leaves the expression out. If the value has
changed since it was last shown in the same task and frame, the stop shows the old value as well.
""",
        examples=("display len(queue)",),
        completes=("python",),
        needs=Needs.STOP,
        python=True,
    ),
    CommandRow(
        names=("undisplay",),
        usage="undisplay [NUMBER | EXPRESSION]",
        group=GROUP,
        summary="no longer show an expression, or all of them",
        handler="values:undisplay",
        completes=("display",),
        needs=Needs.NOTHING,
        python=True,
    ),
)
