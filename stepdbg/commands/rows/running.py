"""Rows: letting the run go on, and ending it.  Their code is in `commands.running`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs, Repeat
from stepdbg.model.options import CONTINUE_NAMES, QUIT_NAMES

GROUP = "going on"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("step", "s"),
        usage="step [-o] [TASK] [N]",
        group=GROUP,
        summary="run to the next step of any task, or of one of TASK",
        handler="running:step",
        text="""
A step is what a task does from one suspension to the next. `step` without a task stops before the
next step of any task; `step TASK` lets the others run until TASK steps again. If TASK names several
tasks, such as ten workers, `step` stops before the next step of any of them. With N it stops before
the N-th of these steps.

A single number is a count: `step 4` takes four steps. To step the task with the number 4, type
`step 4 1`.

With -o no other task runs meanwhile, unless this one blocks.
""",
        examples=("step", "step 10", "step worker#2", "step worker#2 3", "step worker*"),
        completes=("task", "nothing"),
        options=("-o",),
        needs=Needs.RUN,
        repeat=Repeat.SAME,
        resumes=True,
    ),
    CommandRow(
        names=CONTINUE_NAMES,
        usage="continue",
        group=GROUP,
        summary="run until a breakpoint, a crash or the end",
        handler="running:continue_",
        completes=("nothing",),
        needs=Needs.STOP,
        repeat=Repeat.SAME,
        resumes=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("back", "rstep"),
        usage="back [--replay-anyway] [TASK] [N]",
        group=GROUP,
        summary="look at the run as it was some steps ago, by executing it once more",
        handler="past:back",
        text="""
`back` shows the run before its last step, `back 10` ten steps earlier. `back TASK` shows it before
the last step of TASK. At a line inside a step `back` goes to the beginning of that step.

What you see is a copy of the program, which executes the run once more from its start, silently and
without waiting, with the steps in the order in which they came. You can look at everything and go
on with `step`, `next` or `continue`, up to the present moment. You cannot change anything: the run
itself stays held where you left it, and `goto now` or `quit` comes back to it.

A run that writes files, starts threads or child processes, or connects sockets cannot be executed
once more beyond that line. --replay-anyway executes it all the same.
""",
        examples=("back", "back 10", "back worker#2"),
        completes=("task", "nothing"),
        options=("--replay-anyway",),
        needs=Needs.STOP,
        repeat=Repeat.SAME,
        resumes=True,
        later=True,
    ),
    CommandRow(
        names=("goto",),
        usage="goto [--replay-anyway] STEP | goto now",
        group=GROUP,
        summary="look at the run as it was before a step, or come back to the present",
        handler="past:goto",
        text="""
Steps are counted over all tasks of the run, from 1; each stop that `back` or `goto` shows says at
which step it is. `goto now` comes back to the run as you left it. See `back`.
""",
        examples=("goto 1", "goto 120", "goto now"),
        completes=("nothing",),
        options=("--replay-anyway",),
        needs=Needs.STOP,
        resumes=True,
        later=True,
        wants_more=True,
    ),
    CommandRow(
        names=("rnext", "rn"),
        usage="rnext [--replay-anyway] [N]",
        group=GROUP,
        summary="go back to the line that this task has run before, over calls and awaits",
        handler="past:rnext",
        text="""
`rnext` undoes a `next`: it shows the run before the last line of the frame in view or of its
callers. It stays in the task: what other tasks have done since then is undone as well. At the first
line of a task it goes to the beginning of the task. See `back`.
""",
        examples=("rnext", "rnext 3"),
        completes=("nothing",),
        options=("--replay-anyway",),
        needs=Needs.STOP,
        repeat=Repeat.SAME,
        resumes=True,
        later=True,
    ),
    CommandRow(
        names=("rwatch",),
        usage="rwatch [--replay-anyway] EXPRESSION",
        group=GROUP,
        summary="go back to the step that last changed a value",
        handler="past:rwatch",
        text="""
The expression is a path such as `balance`, `self.total` or `seen["a"]`: a local variable of the
frame in view, or a global one. The run is executed once more, with a look at the value after each
step, and you see it before the last step that changed it. Typed there again, `rwatch` goes to the
change before. See `back`.
""",
        examples=("rwatch balance", "rwatch self.total"),
        completes=("python",),
        options=("--replay-anyway",),
        needs=Needs.STOP,
        repeat=Repeat.SAME,
        resumes=True,
        python=True,
        later=True,
        wants_more=True,
    ),
    CommandRow(
        names=("rcontinue",),
        usage="rcontinue [--replay-anyway]",
        group=GROUP,
        summary="go back to the last hit of a breakpoint",
        handler="past:rcontinue",
        text="""
All breakpoints that are set now count, even if they were set after the run had passed them. See
`back`.
""",
        completes=("nothing",),
        options=("--replay-anyway",),
        needs=Needs.STOP,
        repeat=Repeat.SAME,
        resumes=True,
        later=True,
    ),
    CommandRow(
        names=("halt",),
        usage="halt",
        group=GROUP,
        summary="stop a running program at its next chance",
        handler="running:halt",
        text="""
The run stops before its next step, or at once if nothing is runnable. `halt` has an effect only
while the program runs, so it is for front ends that take commands then. At a terminal Ctrl-C does
the same.
""",
        completes=("nothing",),
        needs=Needs.NOTHING,
        while_running=True,
    ),
    CommandRow(
        names=QUIT_NAMES,
        usage="quit",
        group=GROUP,
        summary="end the program after its cleanup; a second time: at once",
        handler="running:quit_",
        text="""
The first `quit` cancels every task, so that `finally` blocks and the exits of `async with` run. If
that takes over a second, stepdbg says so. After five seconds it also says which tasks keep the
program from ending, what they wait for and where. A second `quit`, Ctrl-C at a terminal, or `quit!`
then ends the process without any more cleanup.

In a process that was not started under stepdbg (a Python prompt, a host that has called
`stepdbg.set_trace`) `quit` ends this run only, as Ctrl-C does: `trio.run` raises KeyboardInterrupt.
""",
        completes=("nothing",),
        needs=Needs.NOTHING,
        while_running=True,
        resumes=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("quit!",),
        usage="quit!",
        group=GROUP,
        summary="end the program at once, without its cleanup",
        handler="running:quit_hard",
        completes=("nothing",),
        needs=Needs.NOTHING,
        while_running=True,
        resumes=True,
    ),
    CommandRow(
        names=("detach",),
        usage="detach",
        group=GROUP,
        summary="leave: the program runs on without the debugger",
        handler="running:detach",
        text="""
stepdbg releases held tasks, clears breakpoints, and gives Trio its own clock, run queue and methods
back. There is no way to come back: `breakpoint()` is Python's own again, and `stepdbg.set_trace()`
does nothing.
""",
        completes=("nothing",),
        needs=Needs.STOP,
        resumes=True,
    ),
)
