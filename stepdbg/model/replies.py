"""Replies: the answers of commands.

Owns: one frozen type for each kind of answer; every field is data, never finished text for a
terminal.  Does not own: drawing (render) or the commands themselves.

Front ends get replies from the interpreter and pass them to `render`; the JSON front end
encodes the same objects.

Longer than most modules: it is a list, one type for each kind of answer, and their union.
"""

from __future__ import annotations

from .breakpoints import BreakpointSnapshot
from .facts import NotRecorded
from .failures import ExceptionNode
from .history import (
    EndedTasks,
    LogShown,
    LookBack,
    Meanwhile,
    ObjectHistory,
    StatsShown,
    TimelineShown,
)
from .lints import Lint, LintName
from .records import dataclass
from .settings import Setting
from .stops import STOP_LINES, Resume, Stop
from .task import (
    FrameSnapshot,
    QueueSnapshot,
    RunSnapshot,
    ScopeSnapshot,
    SourceAge,
    Spawn,
    TaskGroup,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TimerSnapshot,
)
from .values import Value, Variable
from .waits import Deadlock, Explanation, Pending, RunWaits, WorkerThread

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .uncontrolled import Touch


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence: an acknowledgement or a fact.  level: ``done``, ``note`` or ``warning``."""

    text: str
    level: str = "done"


@dataclass(frozen=True, slots=True)
class Failure:
    """The command could not be carried out.

    text: one sentence with the cause.
    way_out: what to do instead; empty if that is obvious.
    traceback: the frames of code the user typed, innermost last.
    """

    text: str
    way_out: str = ""
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A stretch of source.

    first: the number of the first line.
    marked: the line where the frame stands, None when it is not in the stretch.
    breakpoints: line numbers that carry one.
    ends: whether the last line is the end of the file.
    age: whether the text is as it was loaded.
    """

    filename: str
    first: int
    lines: tuple[str, ...]
    marked: int | None = None
    breakpoints: tuple[int, ...] = ()
    ends: bool = False
    age: SourceAge = SourceAge.LOADED


@dataclass(frozen=True, slots=True)
class Displayed:
    """An expression shown at every stop; `before` is its earlier picture if it changed."""

    number: int
    expression: str
    value: Value | None
    before: Value | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """The other tasks at a stop.  deadline: the next one in program seconds, None for none."""

    queue_length: int
    task_count: int
    deadline: float | None


@dataclass(frozen=True, slots=True)
class Telling:
    """How much to show of a stop.

    lines: how many lines to show besides the source, if nothing extraordinary has happened; the
        least important ones are left out.
    company: what was true at the previous stop of this run, and need not be repeated.
    meanwhile: what the run has done since then; None if that is not known.
    lately: what has kept it busy; None if that is not known.
    """

    lines: int = STOP_LINES
    company: Company | None = None
    meanwhile: Meanwhile | None = None
    lately: LookBack | None = None


@dataclass(frozen=True, slots=True)
class StopShown:
    """A stop as a user sees it: the stop, the source around its line, the displays."""

    stop: Stop
    listing: Listing | None
    displays: tuple[Displayed, ...] = ()
    telling: Telling = Telling()


@dataclass(frozen=True, slots=True)
class TaskList:
    """Tasks, with equal ones grouped.  in_view: the task that the user is looking at.

    total: how many living tasks there are; Trio's own count only if they are listed.
    filter: the pattern that the user gave; empty for all.
    """

    run: RunSnapshot
    groups: tuple[TaskGroup, ...]
    total: int
    in_view: TaskLabel | None
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """Tasks under nurseries under tasks."""

    run: RunSnapshot
    root: TaskNode
    in_view: TaskLabel | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The run queue of a run."""

    run: RunSnapshot
    queue: QueueSnapshot


@dataclass(frozen=True, slots=True)
class Timers:
    """The pending deadlines of a run, soonest first."""

    run: RunSnapshot
    timers: tuple[TimerSnapshot, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why tasks do not go on: one explanation for each task that the user named.

    verbose: whether to explain how Trio does it.
    unexamined: of very many tasks at the same line, those that have no explanation.  The example of
        each group has one.
    """

    explanations: tuple[Explanation, ...]
    verbose: bool = False
    unexamined: tuple[TaskGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadlocks:
    """The deadlocks of a run.

    hope: why the whole run is not deadlocked; empty if it is.
    """

    found: tuple[Deadlock, ...]
    hope: str = ""


@dataclass(frozen=True, slots=True)
class Threads:
    """The worker threads of a run that are busy."""

    threads: tuple[WorkerThread, ...]


@dataclass(frozen=True, slots=True)
class LintList:
    """What looks wrong so far.

    off: the lints that are switched off.
    unseen: how many tasks stepdbg did not examine, because that would have taken too long.
    lately: what has kept the run busy; None if that is not known.
    """

    lints: tuple[Lint, ...]
    off: tuple[LintName, ...]
    unseen: int = 0
    lately: LookBack | None = None


@dataclass(frozen=True, slots=True)
class Scopes:
    """The cancel scopes around a task, outermost first, including those of the tasks above it.

    around: each scope with the task that has entered it.
    """

    task: TaskLabel
    around: tuple[tuple[TaskLabel, ScopeSnapshot], ...]


@dataclass(frozen=True, slots=True)
class TaskShown:
    """The task that the user is looking at, and its frame in view.

    pending: exceptions raised in it that Trio has not reported yet.
    """

    task: TaskSnapshot
    frame: FrameSnapshot | None
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class Stack:
    """A task's frames, innermost first.

    selected: the index of the frame in view; -1: it is in another task.
    folded: whether consecutive frames that are not own code may be shown as one line.
    others: more tasks in the same state with equal frames.
    pending: exceptions raised in it that Trio has not reported yet.
    started: who started it and where, then who started that task, and so on up to the main task.
    """

    task: TaskSnapshot
    frames: tuple[FrameSnapshot, ...]
    selected: int
    folded: bool = True
    others: tuple[TaskLabel, ...] = ()
    started: tuple[Spawn | NotRecorded, ...] = ()
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameShown:
    """The frame that came into view, with the source around it."""

    task: TaskLabel
    frame: FrameSnapshot
    listing: Listing | None


@dataclass(frozen=True, slots=True)
class Variables:
    """Names with values.  what: ``locals`` or ``arguments``."""

    what: str
    frame: FrameSnapshot
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The value of an expression; `expression` is what was typed.

    pretty: from `pp`.
    task: whose it is, where several tasks were asked.
    """

    expression: str
    value: Value
    pretty: bool = False
    task: TaskLabel | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a function or task returned, or the exception that left it, in one line."""

    value: Value | None
    raised: str = ""


@dataclass(frozen=True, slots=True)
class BreakpointSet:
    """A breakpoint was set or changed.  what: ``set``, ``cleared``, ``enabled``, …"""

    what: str
    breakpoint: BreakpointSnapshot


@dataclass(frozen=True, slots=True)
class BreakpointList:
    """All breakpoints."""

    breakpoints: tuple[BreakpointSnapshot, ...]


@dataclass(frozen=True, slots=True)
class DisplayList:
    """The expressions shown at every stop."""

    displays: tuple[Displayed, ...]


@dataclass(frozen=True, slots=True)
class AliasList:
    """Aliases: each name and what it stands for."""

    aliases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RunList:
    """All runs of the process; `in_view` is the one that the user is looking at."""

    runs: tuple[RunSnapshot, ...]
    in_view: int


@dataclass(frozen=True, slots=True)
class SettingList:
    """Settings with their values."""

    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One row of the command table, for `help` and the manual page.

    usage: ``step [TASK] [N]``.
    names: the full name first, then abbreviations.
    """

    names: tuple[str, ...]
    usage: str
    group: str
    summary: str
    text: str = ""
    examples: tuple[str, ...] = ()
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class HelpList:
    """The command table by group; `first`: only the commands to begin with."""

    rows: tuple[CommandHelp, ...]
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The exceptions that were raised, each before its members, cause and context.

    pending: further exceptions, which Trio has not reported yet.
    """

    nodes: tuple[ExceptionNode, ...]
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """The order of all steps so far.

    text: the line that `--replay` takes.
    steps: how many steps it describes.
    touched: what the run has touched so far that no schedule controls.
    """

    text: str
    steps: int
    touched: tuple[Touch, ...] = ()


Reply = (
    Message
    | ScheduleShown
    | Exceptions
    | Failure
    | Listing
    | StopShown
    | TaskList
    | EndedTasks
    | LogShown
    | ObjectHistory
    | TimelineShown
    | StatsShown
    | Tree
    | Queue
    | Timers
    | Why
    | RunWaits
    | Deadlocks
    | Threads
    | LintList
    | Scopes
    | TaskShown
    | Stack
    | FrameShown
    | Variables
    | Evaluated
    | Returned
    | BreakpointSet
    | BreakpointList
    | DisplayList
    | AliasList
    | RunList
    | SettingList
    | CommandHelp
    | HelpList
)
"""Anything that a command may return."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one input line: replies in order, and a resume if the run goes on.

    wants_more: the line was the beginning of something longer (a block of Python, the lines
    of `commands`); the next line continues it.
    rest: what followed the command that resumed, after ``;;``; the next stop must get it before
    any other line.
    """

    replies: tuple[Reply, ...] = ()
    resume: Resume | None = None
    wants_more: bool = False
    rest: str = ""
