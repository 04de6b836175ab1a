"""Rows: changing what happens next.  Their code is in `commands.steering`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs

GROUP = "steering"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("await",),
        usage="await [--free | --when-runnable] EXPRESSION",
        group=GROUP,
        summary="run an awaitable inside the task in view",
        handler="steering:await_",
        text="""
The expression runs as if it stood in the frame in view: in the task's cancel scopes, with its
context variables and its locals. Any statement may await: `x = await receive()`,
`async with lock: print(rows)`. The value is kept in `_`.

The program's clock runs until the expression is done. Meanwhile no other task runs, except Trio's
own and those that the expression spawns. If the expression cannot finish without the others,
stepdbg says what it waits for. At a terminal, `y` then lets all tasks run until it is done, with
breakpoints off; without a terminal, stepdbg gives the expression up. `await --free` lets all tasks
run from the start.

A task that is blocked cannot await anything else; `await --when-runnable` does it before its
next step. Ctrl-C cancels only the expression.
""",
        examples=(
            "await trio.sleep(0.1)",
            "await --free results.send(3)",
        ),
        completes=("python",),
        options=("--free", "--when-runnable"),
        needs=Needs.RUN,
        python=True,
        statement=True,
    ),
    CommandRow(
        names=("hold",),
        usage="hold TASK…",
        group=GROUP,
        summary="keep tasks from stepping, whatever wakes them",
        handler="steering:hold",
        text="""
Held tasks stay off the run queue until `release`; `tasks` and `queue` show them as held. The
step that a task is about to take is also held back. A step that is under way runs to its end.

If all runnable tasks are held, the run stops and says so. While a runnable task is held, the run
does not count as idle: a clock that jumps when all is idle does not jump, and
`wait_all_tasks_blocked` does not return.
""",
        examples=("hold worker#2", "hold worker*"),
        completes=("task",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("release",),
        usage="release [TASK…]",
        group=GROUP,
        summary="let held tasks step again, or all of them",
        handler="steering:release",
        text="""
It also ends `only`.
""",
        examples=("release", "release worker#2"),
        completes=("task",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("only",),
        usage="only TASK…",
        group=GROUP,
        summary="hold all tasks but these",
        handler="steering:only",
        text="""
Tasks that are spawned later are held as well. `release` ends it.
""",
        examples=("only worker#1",),
        completes=("task",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("pick",),
        usage="pick TASK",
        group=GROUP,
        summary="let a runnable task step next",
        handler="steering:pick",
        text="""
The answer says which task Trio would have run. `queue` shows which tasks are runnable.
""",
        examples=("pick worker#2",),
        completes=("task",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("order",),
        usage="order TASK…",
        group=GROUP,
        summary="let runnable tasks step next, in this order",
        handler="steering:order",
        text="""
All others come after them, in the order that they had.
""",
        examples=("order worker#2 worker#1",),
        completes=("task",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("time",),
        usage="time [+TIME | next]",
        group=GROUP,
        summary="show the program's time, or move it forward without waiting",
        handler="steering:time",
        text="""
`time +3s` moves the clock by three seconds, `time next` to the next deadline. Deadlines that
are due then expire when the run goes on. With --virtual-time sleeping takes no real time:
the clock jumps whenever every task is blocked.
""",
        examples=("time", "time +3s", "time next"),
        completes=("nothing",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("speed",),
        usage="speed FACTOR",
        group=GROUP,
        summary="let program time run slower or faster than real time",
        handler="steering:speed",
        text="`speed 0.1` gives every deadline ten times as long; `speed 1` is real time.",
        examples=("speed 0.1",),
        completes=("nothing",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("interact",),
        usage="interact",
        group=GROUP,
        summary="a Python prompt in the frame in view, with top-level await",
        handler="steering:interact",
        text="""
Every line is Python, even one that looks like a command. Ctrl-D or `exit()` returns to the
debugger's prompt.
""",
        completes=("nothing",),
        needs=Needs.STOP,
    ),
    CommandRow(
        names=("throw",),
        usage="throw [--when-runnable] TASK EXCEPTION",
        group=GROUP,
        summary="raise an exception in a task",
        handler="steering:throw",
        text="""
The task gets the exception where it is suspended; at a stop on a line, at that line; if it has not
started, before its first line. EXCEPTION is evaluated in the frame in view.

Some waits cannot be ended from outside, such as a wait for a worker thread or at the end of a
nursery. The answer says so. With --when-runnable the task gets the exception when the wait has
ended by itself.
""",
        examples=("throw worker#2 ValueError('no')", "throw 4 TimeoutError"),
        completes=("task", "python"),
        options=("--when-runnable",),
        needs=Needs.RUN,
        python=True,
    ),
    CommandRow(
        names=("cancel",),
        usage="cancel [-y] TASK… | cancel [-y] scope N",
        group=GROUP,
        summary="cancel tasks, or a cancel scope by its number",
        handler="steering:cancel",
        text="""
`cancel TASK` cancels the task and all tasks that it has spawned. Its siblings and its parent go on,
as if the task had returned None. `tree` shows the numbers of scopes.

At the prompt, stepdbg first says which tasks this reaches, and asks; -y skips the question. In
scripts and JSON it does not ask.
""",
        examples=("cancel worker#2", "cancel worker*", "cancel -y scope 3"),
        completes=("task",),
        options=("-y",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("deadline",),
        usage="deadline [-y] scope N +TIME | deadline [-y] scope N none",
        group=GROUP,
        summary="move the deadline of a cancel scope",
        handler="steering:deadline",
        text="TIME counts from now, in program time: `+5s`, `+200ms`.",
        examples=("deadline scope 3 +5s", "deadline -y scope 3 none"),
        completes=("nothing",),
        options=("-y",),
        needs=Needs.RUN,
    ),
    CommandRow(
        names=("interrupt",),
        usage="interrupt",
        group=GROUP,
        summary="raise the KeyboardInterrupt that Ctrl-C would",
        handler="steering:interrupt",
        text="""
stepdbg raises it where Python would raise it without the debugger: at once if the run has stopped
at a line of your own code, else in the main task at its next checkpoint.
""",
        completes=("nothing",),
        needs=Needs.RUN,
    ),
)
