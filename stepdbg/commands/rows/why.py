"""Rows: why things do not go on.  Their code is in `commands.why`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs, Repeat
from stepdbg.model.lints import LINTS

GROUP = "finding out why"


def _lints(*, costs: bool) -> str:
    rows = [f"  {kind.name:<18}{kind.summary}" for kind in LINTS if kind.costs is costs]
    return "\n".join(rows)


ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("why",),
        usage="why [-a] [-v] [TASK…]",
        group=GROUP,
        summary="say what a task waits for, who could end that, and what those wait for",
        handler="why:why",
        text="""
`why` gives one sentence for each task: what it waits for, where, and which tasks could let it go
on. Indented below it come the tasks that it waits for. Tasks that wait for one another are named as
a deadlock. Brackets hold what the recorder noted; without the recorder there are none. If a task is
being cancelled, the sentence says which scope was cancelled, by which task and why. If a task is
held, it says that `release` lets the task run.

Without TASK it is about the task in view; at a stop without a task, about the main task. -a is
about every task, each of them once, and shows one task for all that are alike. If more than
100 tasks of one name are at the same line, `why` examines the first 100 and counts the others; -v
examines all. `why` shows only the beginning of a long chain; -v shows all of it. -v also explains,
once for each kind of wait, how Trio does it: where the task has yielded to trio.run, what puts it
back on the run queue, and what happens then.
""",
        examples=("why", "why worker#2", "why worker*", "why -a", "why -v"),
        completes=("task",),
        options=("-a", "-v"),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("waits",),
        usage="waits [-a]",
        group=GROUP,
        summary="show what trio.run itself waits for: files, deadlines, threads, signals",
        handler="why:waits",
        text="""
While no task can go on, Trio's loop waits for something from outside, until the next deadline at
most. `waits` lists each thing that would wake the loop, with the task that goes on then: file
descriptors and what happens to them, deadlines and the lines that set them, threads, processes,
signals, and waits that are unknown to Trio. Equal ones share a line. -a also shows what Trio's
own tasks wait for.

`why` says what tasks wait for among themselves: locks, events, channels.
""",
        examples=("waits", "waits -a"),
        completes=("nothing",),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
        later=True,
    ),
    CommandRow(
        names=("log",),
        usage="log [-a] [TASK] [N]",
        group=GROUP,
        summary="look back: the last steps, waits, wakes, spawns, exits and cancellations",
        handler="history:log",
        text="""
The flight recorder keeps the last events of a run: which task spawned or woke which, and at which
line; how long each step took in real time; where tasks blocked, what cancelled them and how they
ended; when no task could run, and what the run waited for then. Times are the program's. If you
steered a step, the log says so.

N is how many events to show, 20 without it; TASK shows those of one task, living or ended, and
a pattern those of all tasks that it matches. A single number is N: `log 4 20` is about task 4.
-a also shows Trio's own tasks.

At a terminal the recorder is on from the start unless `--no-record` is given, and elsewhere with
`--record`; `set record on` begins it, `set record-size N` says how many events it keeps.
""",
        examples=("log", "log 100", "log worker#2", "log worker* 50", "log 4 50"),
        completes=("task", "nothing"),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("timeline",),
        usage="timeline [-a] [N [steps] | TIME] [TASK…]",
        group=GROUP,
        summary="look back: what each task did in the last steps or seconds, side by side",
        handler="timeline:timeline",
        text="""
Each task has a lane, under the lane of the task whose nursery holds it. The lane shows when the
task ran, and when it was runnable, blocked, asleep, or cancelled and on its way out. If several of
these share a column, the column shows the step.

N is how many steps to show, 60 without it. Then each step takes the same room, and so does each
time in which no task ran. With TIME, such as `2s` or `500ms`, the lanes are to scale. TASK shows
only the lanes of those tasks. A single number is N: `timeline 100 4` is about task 4. -a also shows
Trio's own tasks. The command shows what the flight recorder has kept (see `log`).

`export timeline FILE` draws all that is kept as a page for a browser.
""",
        examples=("timeline", "timeline 200", "timeline 2s", "timeline 500ms worker*"),
        completes=("task",),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
        later=True,
    ),
    CommandRow(
        names=("at",),
        usage="at STEP | at TIME | at end",
        group=GROUP,
        summary="go to another moment of a recording",
        handler="history:at",
        text="""
You can look at any moment of a recording (`--record-to FILE` makes one, `--open FILE` opens it).
`at 120` goes to the moment before the 120th step of the run, counted over all tasks of the program.
`at +1` and `at -1` go one step on and one step back. A time needs a unit: `at 0.5s` goes to the
first step that begins half a second after the start of the run or later, and `at +20ms` counts from
the moment that is shown. `at end` goes to the end of the recording, where `--open` begins.

`log`, `tasks`, `tree`, `queue`, `timers` and `why` then show that moment. `why` also says how a
wait ended afterwards.
""",
        examples=("at 120", "at -1", "at 0.5s", "at +20ms", "at end"),
        completes=("nothing",),
        repeat=Repeat.SAME,
        later=True,
        wants_more=True,
    ),
    CommandRow(
        names=("stats",),
        usage="stats [-a] [TASK…]",
        group=GROUP,
        summary="count: steps, time running, waiting and blocked, the longest step of each task",
        handler="stats:stats",
        text="""
For the loop it shows the share of the time that was spent in steps, the number of steps and
passes, and the longest time without a look for I/O. For each task, beginning with those that ran
longest, it shows the number of steps, how long the task ran, how long it waited while others ran,
and how long it was blocked. It also shows the longest step, with the lines at which a long step was
seen, or with the line up to which a short one went. The times are real times, without stops. TASK
shows only some tasks; -a also shows Trio's own.

stepdbg counts while the flight recorder is on (see `log`). It counts passes only with `--stats`,
which prints the numbers of each run at the end of the run, on standard error.
""",
        examples=("stats", "stats worker*", "stats -a"),
        completes=("task",),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
        later=True,
    ),
    CommandRow(
        names=("history",),
        usage="history EXPRESSION",
        group=GROUP,
        summary="say what was done to an object: who set, closed, notified or cancelled it",
        handler="history:of_object",
        text="""
EXPRESSION gives an Event, Lock, Condition, channel, stream, task_status, nursery or cancel scope of
Trio's. `history` says which task did what to the object, at which line and when, oldest first. It
also says which tasks this woke, which exception left the `with` that closed the object, and when a
task in the list ended. stepdbg keeps the last 32 notes about each living object.

stepdbg makes these notes while the flight recorder is on (see `log`). After `set history all on` it
also notes each send, receive, acquire and release, and when a task began to wait in one of them.
""",
        examples=("history send_channel", "history self.ready"),
        completes=("python",),
        python=True,
        later=True,
    ),
    CommandRow(
        names=("deadlock",),
        usage="deadlock",
        group=GROUP,
        summary="name the tasks that wait for one another, or for what no task can do",
        handler="why:deadlock",
        text="""
A run is deadlocked if all its tasks wait, and only tasks of the run could end these waits. It is
not deadlocked while a deadline is pending, or while something outside could end a wait: a socket, a
thread, a signal, a `TrioToken` that was handed out, or the host of a guest run. Even then
`deadlock` names a cycle of tasks that hold each other's locks.
""",
        completes=("nothing",),
        repeat=Repeat.SAME,
    ),
    CommandRow(
        names=("lints",),
        usage="lints",
        group=GROUP,
        summary="list what looks wrong so far: each a fact, with its line and what to do",
        handler="lints:lints",
        text=f"""
A stop reports each of them once. After `set lint NAME off` stepdbg no longer looks for that one.
These cost nothing and are on:

{_lints(costs=False)}

These cost something while the program runs, and are on after `set lint NAME on`:

{_lints(costs=True)}

`lints` says that nothing "looks wrong so far" only if it looked for all of them and the run was not
busy. If the run was busy and the recorder is on, `lints` looks back over the last five seconds, as
a stop does.

`--lint-report FILE` looks for all of them without stopping, and writes what it finds to a file.
""",
        examples=("lints",),
        completes=("nothing",),
        needs=Needs.NOTHING,
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("scopes",),
        usage="scopes [TASK]",
        group=GROUP,
        summary="list the cancel scopes around a task, outermost first",
        handler="why:scopes",
        text="""
The list includes the scopes of the tasks above it in the tree, because cancelling one of them
cancels this task as well, unless there is a shield between. For each scope it shows the deadline,
the shield, whether the scope has been cancelled, the task that entered it and at which line.
""",
        examples=("scopes", "scopes worker#2"),
        completes=("task", "nothing"),
        repeat=Repeat.SAME,
        while_running=True,
    ),
    CommandRow(
        names=("threads",),
        usage="threads [-a]",
        group=GROUP,
        summary="list the busy worker threads, for which tasks they work, and their stacks",
        handler="why:threads",
        text="""
`abandoned` means that the task that started the thread was cancelled and no longer waits for it.
Frames are shown innermost first. -a lists every thread of the process.
""",
        completes=("nothing",),
        options=("-a",),
        repeat=Repeat.SAME,
        while_running=True,
    ),
)
