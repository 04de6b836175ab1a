"""Rows: help and aliases.  Their code is in `commands.help` and `commands.aliases`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs

GROUP = "the debugger"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("help", "h", "?"),
        usage="help [all | COMMAND | TOPIC]",
        group=GROUP,
        summary="show the commands to begin with, all of them, or more about one",
        handler="help:help_",
        examples=("help", "help all", "help break", "help names", "help python"),
        completes=("topic", "nothing"),
        needs=Needs.NOTHING,
        while_running=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("alias",),
        usage="alias [NAME [COMMAND]]",
        group=GROUP,
        summary="make NAME stand for a command, or list the aliases",
        handler="aliases:alias",
        text="""
%1 to %9 in COMMAND stand for the words after NAME, %* for all of them. COMMAND may be several
commands joined by `;;`.
""",
        examples=("alias pn p %1.name", "alias look where ;; locals", "alias pn", "alias"),
        completes=("alias", "line"),
        needs=Needs.NOTHING,
        whole_line=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("set",),
        usage="set [NAME [VALUE]]",
        group=GROUP,
        summary="show or change a setting",
        handler="settings:set_",
        text="""
`set own PATTERN…` lets code of installed packages count as your own, so that its frames are shown
and `into` goes there. PATTERN is the name of a package such as `anyio`, or a glob for whole paths.
`set own none` undoes it.

At a terminal an answer that is longer than the screen pauses after each screenful: Enter or space
shows more, `q` ends it; `set pager off` shows it at once.

If a run has not stopped for a second, a line at your terminal shows how it gets on: its program
time, the steps of its living tasks, its tasks, and whether it is busy or idle. The run must be
recorded. The line never mixes with what the program prints: it is there only if standard output and
standard error both lead elsewhere (`python -m stepdbg prog.py >out 2>err`, or `--tty`). `set status
off` leaves it out.

`set lint NAME off` switches a lint off, and `set lint NAME on` switches it on; `help lints` has the
names.

`set record on` begins to record what tasks do, for `log` and `why`, and `set record off` ends it;
`set record-size NUMBER` is how many events are kept. `set history all on` lets `history` list each
send, receive, acquire and release, and makes each of these calls some microseconds slower. `set
ctrl-c program` leaves Ctrl-C to the running program, as without stepdbg; after `set ctrl-c stop` it
stops the program again.

`set stop-lines NUMBER` is how many lines a stop may take, its source not counted. A stop first says
why the task runs, then what ran meanwhile, then how many other tasks there are, as far as there is
room.

`set task-name NUMBER NAME` lets a task be called NAME from now on, in every listing and command;
`set task-name NUMBER none` undoes it. The program's own `task.name` stays what it is.

`set after-end leave` opens no prompt when the program has ended, and `set after-end prompt` always
does; `auto`, the setting at the start, opens one if the exit status is not 0.
""",
        examples=(
            "set",
            "set own anyio mylib.*",
            "set lint busy-loop on",
            "set task-name 14 fetcher",
        ),
        completes=("nothing",),
        needs=Needs.NOTHING,
        while_running=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("dump",),
        usage="dump [--no-values] FILE",
        group=GROUP,
        summary="write everything there is to see now to a file",
        handler="dumping:dump",
        text="""
`python -m stepdbg --open FILE` shows the file with these same commands: on another machine,
without the program, with another Python. Tasks, stacks, source, the run queue and timers are
in it, and the variables of your own frames as they look without calling your code.

stepdbg masks what looks like a password or a token; `--no-values` leaves out all values except
their types. Only you may read the file. `dump` replaces a file of that name.
""",
        examples=("dump stuck.dump", "dump --no-values ~/report.dump"),
        completes=("nothing",),
        options=("--no-values",),
    ),
    CommandRow(
        names=("export",),
        usage="export timeline FILE | export perfetto FILE",
        group=GROUP,
        summary="draw what has happened, a lane for each task, into a file",
        handler="timeline:export",
        text="""
`export timeline out.html` makes a page for a browser. You can zoom and search its lanes, point at a
step or a wait to see what it was, and click it to see which task woke it. `export timeline out.svg`
makes an image. `export perfetto out.json` makes Chrome trace events, which https://ui.perfetto.dev
shows: a thread for each task, an arrow for each wake.

It draws all that the flight recorder has kept (see `log`). `timeline` shows the last part of it at
the prompt. `--timeline out.html` on the command line draws a whole program when the program ends.

The file holds no values, no messages and no lines of source. `export` replaces a file only if that
file is such a picture.
""",
        examples=("export timeline run.html", "export perfetto run.json"),
        completes=("picture", "path", "nothing"),
        wants_more=True,
        later=True,
    ),
    CommandRow(
        names=("token",),
        usage="token [FILE]",
        group=GROUP,
        summary="show the order of all steps so far as one line, for `--replay`",
        handler="schedules:token",
        text="""
`python -m stepdbg --replay LINE PROGRAM` lets the tasks step in that order again, on another
machine and in another folder as well. A line of more than 2,000 characters is not shown;
`token FILE` writes it to a file, and `--replay FILE` reads it. With `--tape` the file also holds
what the program got from outside.

stepdbg logs the steps of a run from its start while it records: at a terminal, and with `--record`.
The line also names the versions and files that it is about.
""",
        examples=("token", "token lost-update.schedule"),
        completes=("path", "nothing"),
        later=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("save",),
        usage="save FILE",
        group=GROUP,
        summary="write breakpoints, displays, aliases and settings to a file, for `read`",
        handler="files:save",
        text="""
It replaces a file only if `save` wrote that file, or `break save`, which writes only breakpoints.
The settings are those that you have changed.
""",
        examples=("save setup.txt",),
        completes=("path", "nothing"),
        needs=Needs.NOTHING,
        wants_more=True,
        later=True,
        asks_nothing=True,
    ),
    CommandRow(
        names=("read",),
        usage="read FILE [LINE]",
        group=GROUP,
        summary="carry out the commands of a file, up to the first that fails",
        handler="files:read",
        text="""
Lines mean what they mean at the prompt, but there are no abbreviations and no questions; a line
that begins with `#` is a comment. Lines after one that lets the program run are carried out at the
next stop. With LINE, `read` begins at that line of the file.
""",
        examples=("read setup.txt", "read setup.txt 12"),
        completes=("path", "nothing"),
        needs=Needs.NOTHING,
        wants_more=True,
        later=True,
    ),
    CommandRow(
        names=("unalias",),
        usage="unalias NAME",
        group=GROUP,
        summary="forget an alias",
        handler="aliases:unalias",
        completes=("alias", "nothing"),
        needs=Needs.NOTHING,
        asks_nothing=True,
    ),
)
