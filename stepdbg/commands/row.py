"""One row of the command table.

Owns: `CommandRow`.  Does not own: the rows (rows), or the code behind them.
"""

from __future__ import annotations

import enum

from stepdbg.model.records import dataclass


class Needs(enum.Enum):
    """What must be there for a command to make sense.

    RUN: a held run that can go on.
    STOP: one whose frames can run code, even if it has ended.
    PICTURE: a run to read, live or from a file.
    NOTHING: nothing at all.
    """

    RUN = "run"
    STOP = "stop"
    PICTURE = "picture"
    NOTHING = "nothing"


class Repeat(enum.Enum):
    """What an empty line does after a command.

    NOT: nothing.
    SAME: the line again.
    BARE: the command again, without its arguments.
    """

    NOT = "not"
    SAME = "same"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command: everything that the prompt, help, completion and the manual page know of it.

    names: the full name, then the abbreviations that count everywhere.
    usage: ``step [TASK] [N]``.
    summary: one line.
    text: paragraphs of help.
    handler: ``module:function`` within `stepdbg.commands`, imported when first used.
    completes: the kind of each argument (see `completion.SOURCES`), the last one again for
        all further arguments.
    options: the words such as ``-a`` that it takes.
    while_running: it may be given while no run is held.
    resumes: it lets the run go on, and so ends the lines of `commands`.
    asks_nothing: it neither shows why a task runs nor stops where a step would show it.
    python: its argument is Python.
    whole_line: ``;;`` belongs to its argument.
    statement: it is the beginning of a Python statement unless an option follows.
    wants_more: without an argument it is not a command but a name of the program.
    later: it came after others: a prefix that was clear without it keeps its meaning, and where it
        hides a variable its answer says so.
    """

    names: tuple[str, ...]
    usage: str
    group: str
    summary: str
    handler: str
    text: str = ""
    examples: tuple[str, ...] = ()
    completes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    needs: Needs = Needs.PICTURE
    repeat: Repeat = Repeat.NOT
    while_running: bool = False
    resumes: bool = False
    asks_nothing: bool = False
    python: bool = False
    whole_line: bool = False
    statement: bool = False
    wants_more: bool = False
    later: bool = False

    @property
    def name(self) -> str:
        """The full name."""
        return self.names[0]
