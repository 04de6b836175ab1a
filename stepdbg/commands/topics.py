"""Help on what is not a command: how tasks are named, when a line is Python, what lies around.

Owns: these texts.  Does not own: the help on commands (rows).
"""

from __future__ import annotations

from stepdbg.model.replies import CommandHelp

GROUP = "topics"

TOPICS: tuple[CommandHelp, ...] = (
    CommandHelp(
        names=("names",),
        usage="names of tasks",
        group=GROUP,
        summary="how to say which task is meant",
        text="""
You can name a task by its number or by its name. Trio names a task after its function, such as
`__main__.worker`; `worker` is enough. If several tasks have the same name, `worker#2` is the second
of them.

A glob stands for all tasks whose names it matches: `*` any text, `?` any character, `[abc]` one of
these. stepdbg compares it with the whole name, the name without `__main__.`, its last dotted part,
and the name as stepdbg shows it. If a command needs one task, the glob has to match exactly one.

Put a name with blanks in it in quotes.
""",
        examples=("task 4", "task worker#2", "tasks *.child?", 'break task "my worker"'),
    ),
    CommandHelp(
        names=("python",),
        usage="PYTHON | !PYTHON",
        group=GROUP,
        summary="which lines are Python, and where they run",
        text="""
A line whose first word is not a command is Python. It runs in the frame in view: an expression
shows its value, a statement may change local and global variables, and a statement may take several
lines up to an empty one. If you assign a new name in a function, only the prompt has it: the
program never sees it, and it is gone when the program goes on. `global y; y = 3` keeps a name in
the module.

Names with a dollar belong to stepdbg. `$_exception` is the exception that `exceptions` has in view:
where an exception is raised, where a task fails, and after the end. `$_retval` is what was
returned, `$_task` the task in view. Conditions and log texts may use them. `$kept = rows` keeps a
value for the session.

A word is a command only before a blank or the end of the line, and not before an operator:
`args[0]`, `task.name`, `queue.put_nowait(1)`, `task = 3` and `n == 3` are Python. Otherwise
commands win over variables: `p n` or `!n` shows a variable that has the name of a command. A
command that needs an argument, such as `save`, is a command only with one: `save` by itself shows
the variable.
""",
        examples=("rows[0].name", "limit = 10", "!list(queue)", "p $_exception.args"),
    ),
    CommandHelp(
        names=("lines",),
        usage="COMMAND ;; COMMAND",
        group=GROUP,
        summary="several commands on a line, empty lines, abbreviations",
        text="""
`;;` joins commands, as if each were on a line of its own. Commands after one that lets the program
run are carried out at the next stop. A line that begins with `#` is a comment.

At a terminal an empty line repeats the last line if all of it may be repeated, and a command may be
shortened as long as it stays unambiguous. In files, in `-c` and in JSON only full names and the
short ones listed here count, and empty lines do nothing.
""",
        examples=("step ;; where", "break task worker ;; continue ;; locals"),
    ),
    CommandHelp(
        names=("startup",),
        usage="~/.config/stepdbg/startup | --rc FILE",
        group=GROUP,
        summary="commands that are carried out before your first one",
        text="""
At a terminal, stepdbg carries out the lines of the file `startup` at the first stop: aliases,
settings, breakpoints. It shows nothing of them unless one fails. The file is in the folder
`stepdbg` of `XDG_CONFIG_HOME`, or of `~/.config` without that variable. If the file belongs to
another user, or others may write to it, stepdbg does not read it and warns. It reads no file of the
working directory.

The lines of `--rc FILE` come after them. Scripts and JSON have only those of `--rc FILE`. `save
FILE` writes such a file, and `read FILE` reads one later.
""",
        examples=("alias look where ;; locals", "set own mylib.*"),
    ),
    CommandHelp(
        names=("breakpoint()",),
        usage="breakpoint() | stepdbg.set_trace()",
        group=GROUP,
        summary="stop where the program says so",
        text="""
Under stepdbg, `breakpoint()` in the program stops there, unless `PYTHONBREAKPOINT` says otherwise:
with `PYTHONBREAKPOINT=0` it does nothing, as in any Python. `stepdbg.set_trace()` always stops.

In a program that was not started under stepdbg, `stepdbg.set_trace()` stops as well, and so does
each `breakpoint()` with `PYTHONBREAKPOINT=stepdbg.set_trace` in the environment.

`--stop-at-entry` stops before the first line of a program, even if the program has no
`breakpoint()`.
""",
        examples=("breakpoint()", "import stepdbg; stepdbg.set_trace()"),
    ),
    CommandHelp(
        names=("environment",),
        usage="NAME=VALUE stepdbg …",
        group=GROUP,
        summary="which variables of the environment count",
        text="""
  NO_COLOR          any text: no colours
  TERM              `dumb`: no colours, and lines without editing
  COLUMNS           the width of text that does not go to a terminal; 80 without it
  XDG_CONFIG_HOME   where the folder with the start file is (`help startup`)
  PYTHONHASHSEED    Python's own; `token` notes it, and `--replay` sets it again
  XDG_STATE_HOME    where the folder with the history of the prompt is
  PYTHONBREAKPOINT  what `breakpoint()` does (`help breakpoint()`)
""",
        examples=("NO_COLOR=1 stepdbg program.py",),
    ),
)
"""All topics."""

BY_WORD: dict[str, CommandHelp] = {name: topic for topic in TOPICS for name in topic.names}
