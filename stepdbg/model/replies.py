"""What a command answers.

Owns: one frozen type per kind of answer; every field is data, never finished text for a
terminal.  Does not own: drawing (render) or the commands themselves.

Front ends get replies from the interpreter and hand them to `render`; the JSON front end
encodes the very same objects.

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

    text: one sentence with the cause.  way_out: what to do instead, empty when obvious.
    traceback: the frames of code the user typed, innermost last.
    """

    text: str
    way_out: str = ""
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A stretch of source.

    first: the number of the first line.  marked: the line where the frame stands, None when
    it is not in the stretch.  breakpoints: line numbers that carry one.
    ends: whether the last line is the end of the file.  age: whether it is what was loaded.
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
    """Who else there was at a stop.  deadline: the next one in program seconds, None for none."""

    queue_length: int
    task_count: int
    deadline: float | None


@dataclass(frozen=True, slots=True)
class Telling:
    """How much is told of a stop.

    lines: how many it takes besides the source, if nothing extraordinary has happened; what
        matters least is left out.
    company: what was true at the stop of this run before, which need not be told again.
    meanwhile: what the run has done since, None where nobody knows.
    lately: what has kept it busy, None where that is not known.
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
    """Tasks, equal ones grouped.  in_view: the task being looked at.

    total: how many living tasks there are, Trio's own not counted unless listed.
    filter: what was asked for, empty for all.
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
    """Why tasks do not go on, one explanation for each task that was asked about.

    verbose: whether to explain how Trio does it.
    """

    explanations: tuple[Explanation, ...]
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Deadlocks:
    """The deadlocks of a run.

    hope: why it is not the whole run that is stuck, empty when it is.
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
    unseen: how many tasks were not looked at, because that would have taken too long.
    lately: what has kept the run busy, None where that is not known.
    """

    lints: tuple[Lint, ...]
    off: tuple[LintName, ...]
    unseen: int = 0
    lately: LookBack | None = None


@dataclass(frozen=True, slots=True)
class Scopes:
    """The cancel scopes around a task, outermost first; those of the tasks above it included.

    around: each with the task that has entered it.
    """

    task: TaskLabel
    around: tuple[tuple[TaskLabel, ScopeSnapshot], ...]


@dataclass(frozen=True, slots=True)
class TaskShown:
    """The task that is being looked at, and the frame of it.

    pending: what has been raised in it, of which nobody has been told yet.
    """

    task: TaskSnapshot
    frame: FrameSnapshot | None
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class Stack:
    """A task's frames, innermost first.

    selected: the index of the frame in view; -1: it is in another task.
    folded: whether runs of frames that are not own may be shown as one line.
    others: more tasks in the same state with equal frames.
    pending: what has been raised in it, of which nobody has been told yet.
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

    pretty: from `pp`.  task: whose it is, where several tasks were asked.
    """

    expression: str
    value: Value
    pretty: bool = False
    task: TaskLabel | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a function or task came to: a value, or the exception that left it, in one line."""

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
    """Aliases: name and what it stands for."""

    aliases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RunList:
    """All runs of the process; `in_view` is the one being looked at."""

    runs: tuple[RunSnapshot, ...]
    in_view: int


@dataclass(frozen=True, slots=True)
class SettingList:
    """Settings with their values."""

    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One row of the command table, for `help` and the manual page.

    usage: ``step [TASK] [N]``.  names: the full name first, then abbreviations.
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
    """The command table by group; `first`: those to begin with, if not all are asked for."""

    rows: tuple[CommandHelp, ...]
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What was raised: each exception before what hangs on it.

    pending: what has been raised besides, of which nobody has been told yet.
    """

    nodes: tuple[ExceptionNode, ...]
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """The order of all steps so far.

    text: the line that `--replay` takes.  steps: how many steps it is about.
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
"""Anything a command may answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one input line led to: replies in order, and a resume when the run goes on.

    wants_more: the line was the beginning of something longer (a block of Python, the lines
    of `commands`); the next line continues it.
    rest: what stood behind ``;;`` after the command that resumed; it is to be fed at the next
    stop, before any other line.
    """

    replies: tuple[Reply, ...] = ()
    resume: Resume | None = None
    wants_more: bool = False
    rest: str = ""
