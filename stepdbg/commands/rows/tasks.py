"""Rows: looking at tasks and at the schedule.  Their code is in `commands.tasks`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs, Repeat

GROUP = "looking at tasks"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("tasks", "ps"),
        usage="tasks [-a] [PATTERN…] [STATE…] | tasks --ended [-a] [N]",
        group=GROUP,
        summary="list the tasks: number, name, state, what each is doing",
        handler="tasks:tasks",
        text="""
PATTERN is a number, a name, `name#2` or a glob. STATE is one of `current`, `runnable`, `blocked`,
`not started` and `exited`. With several patterns, a task has to match one of them; with several
states, it has to be in one of them. `100..199` stands for the tasks with these numbers, and lists
each one: a page of a long list.

A task that is `blocked` is listed with what it waits for: `asleep 0.7 s`, `waits for a lock`. If
there are more than 20 tasks, those with equal names, states and stacks share a line. -a lists each
task, and also Trio's own. (If there are more than 20,000, tasks that differ only in the lines of
outer functions count as equal.)

--ended lists the N tasks that ended last (20 without N): how each ended, when, and where it came
from. stepdbg knows of them only while the flight recorder is on (see `log`).
""",
        examples=(
            "tasks",
            "tasks worker*",
            "tasks blocked",
            "tasks worker runnable",
            "tasks 100..199",
            "tasks --ended 5",
        ),
        completes=("pattern",),
        options=("-a", "--ended"),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("tree",),
        usage="tree [-a] [TASK]",
        group=GROUP,
        summary="show tasks under nurseries under tasks, with their cancel scopes",
        handler="tasks:tree",
        text="""
The tree shows cancel scopes that have a deadline, shield, or have been cancelled. With TASK it
shows only what is below that task; with -a it begins at Trio's root task.
""",
        completes=("task", "nothing"),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("queue", "rq"),
        usage="queue [-a]",
        group=GROUP,
        summary="show the run queue: this pass in order, then the next pass",
        handler="tasks:queue",
        text="""
Trio takes all runnable tasks as one batch and runs them one after the other: that is this pass, and
its order is known. Tasks that become runnable meanwhile wait for the next pass, whose order Trio
has not chosen yet. Each task is listed with what woke it. -a also shows Trio's own tasks.
""",
        completes=("nothing",),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("timers",),
        usage="timers",
        group=GROUP,
        summary="list the pending deadlines, soonest first",
        handler="tasks:timers",
        text="""
For each deadline it shows the time that is left, the line that set it and the tasks under it. While
the program is stopped, its clock stands still.
""",
        completes=("nothing",),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("task",),
        usage="task [TASK [COMMAND]]",
        group=GROUP,
        summary="show the task in view, look at another one, or run a command there",
        handler="tasks:task",
        text="""
After `task TASK`, commands like `where`, `list`, `locals` and `p` look at TASK. `task TASK COMMAND`
runs one command there and comes back. If TASK names several tasks, it runs the command in one after
the other.
""",
        examples=("task", "task worker#2", "task 4", "task worker#2 p item", "task worker* p item"),
        completes=("task", "line"),
    ),
    CommandRow(
        names=("runs",),
        usage="runs",
        group=GROUP,
        summary="list the runs of Trio in this process",
        handler="tasks:runs",
        text="""
A run is `stopped`, `running`, `ended`, or `waiting`. A waiting run is about to stop and waits its
turn, because one run has the prompt at a time.
""",
        completes=("nothing",),
        needs=Needs.NOTHING,
        while_running=True,
    ),
    CommandRow(
        names=("run",),
        usage="run [N]",
        group=GROUP,
        summary="look at another run",
        handler="tasks:run",
        text="""
This changes what you look at, not what is stopped: `continue` and `step` still let the run of this
stop go on.
""",
        examples=("run 2",),
        completes=("run", "nothing"),
    ),
    CommandRow(
        names=("trace",),
        usage="trace on [TASK…] | trace off",
        group=GROUP,
        summary="report what happens as it happens, for all tasks or for some",
        handler="tracing:trace",
        text="""
From `trace on` until `trace off` stepdbg writes a line for each event: a task is spawned or woken,
by which task and where; a step begins or ends, how long it took and what the task waits for; a
cancel scope is entered, left, cancelled or expires; a nursery opens or closes; the loop waits for
I/O. Each line begins with the time, in seconds since the start of the run, and the task, indented
by its depth in the tree. With TASK it reports only these tasks.

`--trace` on the command line begins with the first event, `--trace=FILE` writes it to a file.
""",
        examples=("trace on", "trace on worker*", "trace off"),
        completes=("switch", "task"),
        needs=Needs.NOTHING,
        asks_nothing=True,
        wants_more=True,
        later=True,
    ),
)
