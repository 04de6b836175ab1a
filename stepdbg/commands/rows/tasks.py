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
PATTERN is a number, a name, `name#2` or a glob. STATE is one of `current`, `runnable`,
`blocked`, `not started` and `exited`. Of several patterns or states any may match. `100..199`
stands for the tasks with these numbers, and lists each one: a page of a long list.

A task that is `blocked` is listed with what it waits for: `asleep 0.7 s`, `waits for a lock`.
When there are more than 20, tasks with equal names, states and stacks share a line. -a lists
each one, and also Trio's own tasks. (Of more than 20,000 tasks, those that differ only in the
lines of outer functions count as equal.)

--ended lists the N tasks that ended last (20 without N): how each ended, when, and where it
came from. They are known while the flight recorder is on (see `log`).
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
Shown are the cancel scopes that have a deadline, shield or have been cancelled. With TASK
only what is below it; -a begins at Trio's root task.
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
Trio takes all runnable tasks as one batch and runs them one after the other: that is this
pass, and its order is known. Tasks that become runnable meanwhile wait for the next pass,
whose order Trio has not chosen yet. Each task stands with what woke it. -a also shows
Trio's own tasks.
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
Each with the time that is left, the line that set it and the tasks under it. While the
program is stopped its time stands still.
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
`task TASK` makes TASK the one that `where`, `list`, `locals`, `p` and the like look at.
`task TASK COMMAND` runs one command there and comes back; where TASK means several, in one
after the other.
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
It changes what is looked at, not what is stopped: `continue` and `step` still let the run
of this stop go on.
""",
        examples=("run 2",),
        completes=("run", "nothing"),
    ),
    CommandRow(
        names=("trace",),
        usage="trace on [TASK…] | trace off",
        group=GROUP,
        summary="tell what happens as it happens, of all tasks or of some",
        handler="tracing:trace",
        text="""
From `trace on` until `trace off` there is a line for each event: a task spawned, woken, by whom and
where; a step that begins, and ends, how long it took and what the task waits for; a cancel scope
entered, left, cancelled or expired; a nursery opened or closed; a wait of the loop for I/O. Each
begins with the time, in seconds since the start of the run, and the task, which stands as far to
the right as it lives deep in the tree. With TASK the trace tells only of these tasks.

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
