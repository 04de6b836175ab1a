"""Rows: going on by lines.  Their code is in `commands.linesteps`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs, Repeat

from .running import GROUP

_ALONE_TEXT = "With -o no other task runs meanwhile, unless this one blocks."

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("next", "n"),
        usage="next [-o] [N]",
        group=GROUP,
        summary="run to this task's next line, over calls and across any number of awaits",
        handler="linesteps:next_",
        text=f"""
`next` goes to the next line of the frame in view or, if that frame ends, of one of its callers. It
stays in the task: while the task waits, other tasks run, and the stop says how many steps they
took. If the task ends, `next` stops at the exit of the task.

{_ALONE_TEXT}
""",
        examples=("next", "next 3", "next -o"),
        completes=("nothing",),
        options=("-o",),
        needs=Needs.RUN,
        repeat=Repeat.SAME,
        resumes=True,
    ),
    CommandRow(
        names=("into", "i"),
        usage="into [-o] [-a]",
        group=GROUP,
        summary="run into the next call or awaited coroutine of your own code",
        handler="linesteps:into",
        text=f"""
If the line calls nothing of yours, it stops at the next line, as `next` does. With -a it also goes
into the code of libraries.

{_ALONE_TEXT}
""",
        completes=("nothing",),
        options=("-o", "-a"),
        needs=Needs.RUN,
        repeat=Repeat.SAME,
        resumes=True,
    ),
    CommandRow(
        names=("return", "r"),
        usage="return",
        group=GROUP,
        summary="run until the frame in view returns or raises",
        handler="linesteps:return_",
        text="""
It stops in the awaiting or calling frame and shows the value or the exception. From a task's
outermost frame it goes to the exit of the task, and shows the task's outcome.
""",
        completes=("nothing",),
        needs=Needs.RUN,
        repeat=Repeat.SAME,
        resumes=True,
    ),
    CommandRow(
        names=("until", "unt"),
        usage="until [LINE]",
        group=GROUP,
        summary="run to a line further down, or out of the frame",
        handler="linesteps:until",
        text="""
Without LINE it stops at a line below the current one, so a loop runs to its end. With LINE it stops
at that line or below it. It also stops when the frame returns.
""",
        examples=("until", "until 42"),
        completes=("nothing",),
        needs=Needs.RUN,
        repeat=Repeat.BARE,
        resumes=True,
    ),
    CommandRow(
        names=("resume",),
        usage="resume",
        group=GROUP,
        summary="take up the step that a breakpoint has interrupted",
        handler="linesteps:resume",
        text="""
If a breakpoint is hit during a `next`, `into`, `return`, `until` or `step TASK`, the run stops
before the command is done, and the stop says so. `resume` goes on with the command; `continue`
forgets it.
""",
        completes=("nothing",),
        needs=Needs.RUN,
        resumes=True,
    ),
    CommandRow(
        names=("jump", "j"),
        usage="jump LINE",
        group=GROUP,
        summary="let the innermost frame go on at another line",
        handler="linesteps:jump",
        text="""
It works only at a stop on a line, in the frame that is about to run it, and where Python allows it:
not into a loop or a `with` block, for example. Nothing in between runs.
""",
        examples=("jump 42",),
        completes=("nothing",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("retval", "rv"),
        usage="retval",
        group=GROUP,
        summary="show what has been returned, at a stop where a function or task returns",
        handler="linesteps:retval",
        completes=("nothing",),
        needs=Needs.STOP,
    ),
    CommandRow(
        names=("restart",),
        usage="restart [ARGUMENT…]",
        group=GROUP,
        summary="start the program again, with the same arguments or with others",
        handler="linesteps:restart",
        text="""
stepdbg keeps breakpoints, displays and aliases, and sets the breakpoints before the program's first
line. The present run ends at once, without any cleanup; to see the cleanup, use `quit`. Commands of
`-c` or a file that come after `restart` apply to the new run.
""",
        examples=("restart", "restart --port 8080"),
        needs=Needs.STOP,
        completes=("file",),
        resumes=True,
    ),
)
