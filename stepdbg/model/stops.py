"""Stops, resumes and events: what the engine reports, and how it goes on.

Owns: `Stop` (why the run is held), `Resume` (how it goes on) and `Event` (what happened
meanwhile).  Does not own: deciding when to stop (engine) or what to say (frontends).
"""

from __future__ import annotations

import enum

from .breakpoints import BreakpointHit, ScopeCancelled
from .facts import NotRecorded, RunId, TaskNumber
from .lints import Lint, LintFound, MissedHandler
from .records import dataclass
from .task import Place, TaskLabel, Wake, Way
from .values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .deeds import Party
    from .history import LogEntry
    from .recording import Past
    from .schedules import Token
    from .waits import Deadlock, Knot, WaitLink


class StopKind(enum.StrEnum):
    """Why a run is held; the first word of every stop."""

    START = "start"  # before the first step of the main task
    STEP = "step"  # a `step` arrived
    BREAKPOINT = "breakpoint"  # see Stop.hits
    HALT = "halt"  # somebody asked to stop at the next chance
    NEXT = "next"  # a `next`, `into` or `until` arrived at a line
    RETURN = "return"  # a function or coroutine returns or raises; see Stop.value, raised
    DEADLOCK = "deadlock"  # no task can go on any more; see Stop.deadlock
    EXIT = "exit"  # the task has run its last step; see Stop.value, raised
    FAILURE = "failure"  # the first task has failed; see Stop.raised
    POST_MORTEM = "post-mortem"  # an exception has left the program; see Stop.raised
    ENDED = "ended"  # the program has ended without an exception that means a failure
    PAUSE = "pause"  # the program called breakpoint() or set_trace()
    MOMENT = "moment"  # a moment of a recording: nothing is held, and nothing goes on


AFTER_END = (StopKind.POST_MORTEM, StopKind.ENDED)
"""Stops after which nothing can go on."""


@dataclass(frozen=True, slots=True)
class Passed:
    """How many steps of other tasks ran between a resume and the next stop."""

    steps: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Stop:
    """The run is held, and why.

    task: the task whose step is about to begin or under way; None if no task is runnable.
    step: the number of that step of that task, 1 for its first.
    time: program seconds since the start of the run.
    wake: why the task runs now; None when there is no task.
    place: the line where it will go on (for a task that has not started: where its function
        begins); None if it has no Python frame.
    in_step: the stop is inside a step, so the stack is running.
    shown_run: whether to name the run, because the process has had several.
    run: None outside of any run (a worker thread, code before or after ``trio.run``).
    thread: the name of the thread, if it is not the run's.
    value: what was returned.
    raised: the exception that is on its way, in one line.
    party: who is responsible for it.
    unfinished: the step that this stop interrupts, in words (``next in worker#2``).
    deadlock: the tasks that cannot go on, at a stop for that.
    knots: tasks that wait for one another while others go on; each is reported once.
    lints: what looks wrong and was not reported at an earlier stop.
    works_for: the task that waits for the worker thread that is held.
    commands: lines to run first.
    cancelled: the scope that is being cancelled, at a stop for that.
    missed: the `except` meant for the raised exception, which does not catch the group around it.
    ways: how a task that has returned can have left the loop of its function.
    token: at a failure or deadlock, the order of all steps that led here, if it was logged.
    failed: after the end, the task in view, if it failed later than the pictured one.
    past: if this is an earlier moment of the held run, where it lies in that run.
    """

    kind: StopKind
    run: RunId | None
    task: TaskLabel | None
    step: int
    time: float
    wake: Wake | NotRecorded | None
    place: Place | None
    queue_length: int
    task_count: int
    next_deadline: float | None
    hits: tuple[BreakpointHit, ...] = ()
    passed: Passed | None = None
    in_step: bool = False
    shown_run: bool = False
    note: str = ""
    thread: str = ""
    value: Value | None = None
    raised: str = ""
    party: Party | None = None
    unfinished: str = ""
    deadlock: Deadlock | None = None
    knots: tuple[Knot, ...] = ()
    lints: tuple[Lint, ...] = ()
    works_for: TaskLabel | None = None
    commands: tuple[str, ...] = ()
    cancelled: ScopeCancelled | None = None
    missed: MissedHandler | None = None
    ways: tuple[Way, ...] = ()
    token: Token | None = None
    failed: TaskLabel | None = None
    past: Past | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The program asks for a stop.

    since: when it asked, from `perf_counter`.
    header: a sentence for the user.
    commands: lines to run at the stop.
    """

    since: float
    header: str = ""
    commands: tuple[str, ...] = ()


STOP_LINES = 6
"""How many lines a stop shows at most besides its source, unless the user changes that."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Run until a breakpoint, a crash or the end."""


@dataclass(frozen=True, slots=True)
class StepTask:
    """Run to the next step of any of these tasks, `count` times; of any task without them.

    alone: no other task runs meanwhile, unless this one blocks.
    """

    tasks: tuple[TaskNumber, ...] = ()
    count: int = 1
    alone: bool = False


@dataclass(frozen=True, slots=True)
class NextLine:
    """Run to the next line of a frame or of its callers, in the same task, `count` times.

    task: the task of the frame; None for the stop's task.
    frame: the one in view (0: innermost).
    """

    task: TaskNumber | None = None
    frame: int = 0
    count: int = 1
    alone: bool = False


@dataclass(frozen=True, slots=True)
class IntoCall:
    """Run into the next call of own code, or to the next line; `anything`: also library code."""

    task: TaskNumber | None = None
    frame: int = 0
    anything: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class ReturnFrom:
    """Run until a frame returns or raises; for a task's outermost frame, until the task exits."""

    task: TaskNumber | None = None
    frame: int = 0


@dataclass(frozen=True, slots=True)
class UntilLine:
    """Run until the frame is at `line` or beyond, by default beyond the current one, or returns."""

    task: TaskNumber | None = None
    frame: int = 0
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ResumeStep:
    """Finish the command that this stop has interrupted, as if the run had not stopped."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Start the program again.

    arguments: its own; None for the same as before.
    commands: the lines that set up breakpoints, displays and aliases as they are now.
    """

    arguments: tuple[str, ...] | None = None
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Detach:
    """Leave the program alone: from now on it runs as if there had been no debugger."""


@dataclass(frozen=True, slots=True)
class Quit:
    """End the program after its cleanup; `hard`: end it now, without any."""

    hard: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """Show another moment, to which the controller of a recording or run has moved already."""


Resume = (
    Continue
    | StepTask
    | NextLine
    | IntoCall
    | ReturnFrom
    | UntilLine
    | ResumeStep
    | Restart
    | Detach
    | Quit
    | Moved
)
"""How a held run goes on."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A ``trio.run`` began."""

    run: RunId
    thread: str
    guest: bool


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A ``trio.run`` ended.

    outcome: ``returned``, ``raised`` or ``quit``.
    detail: the exception in one line, empty for a return.
    """

    run: RunId
    outcome: str
    detail: str
    time: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """A held run goes on; `how` is the resume in words (``step worker#2``)."""

    run: RunId
    how: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that is not the answer to a command.  level: ``note``, ``warning`` or ``log``."""

    text: str
    level: str = "note"


@dataclass(frozen=True, slots=True)
class Output:
    """Text that the program wrote (only where its output is captured).

    stream: ``stdout`` or ``stderr``.
    """

    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class ProgramEnded:
    """The program ended; `exit_code` is what the shell will see, if that is known."""

    exit_code: int | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DeadlockFound:
    """No task of a run can go on any more, and no user is there to ask."""

    run: RunId
    deadlock: Deadlock


@dataclass(frozen=True, slots=True)
class TokenTold:
    """A logged run has failed or is deadlocked, and no user is there to ask."""

    run: RunId
    token: Token


@dataclass(frozen=True, slots=True)
class StepUnderWay:
    """A step that does not end.

    place: the own line where it is.
    seconds: how long it has lasted so far; None if that is not known.
    stack: the own lines that it is executing, innermost first.
    """

    run: RunId
    task: TaskLabel | None
    place: Place | None
    seconds: float | None = None
    stack: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class HaltDelayed:
    """A run was asked to halt, by Ctrl-C or a client, and the step under way has not ended yet.

    way_out: what pressing Ctrl-C once more does; empty if a client has asked.
    """

    step: StepUnderWay
    way_out: str


@dataclass(frozen=True, slots=True)
class StepLasts:
    """A step that has not ended yet keeps the other tasks of its run waiting."""

    step: StepUnderWay


@dataclass(frozen=True, slots=True)
class Traced:
    """A line of a trace: something has just happened.

    depth: under how many nurseries of the program's other tasks its task lives.
    """

    run: RunId
    entry: LogEntry
    depth: int = 0


@dataclass(frozen=True, slots=True)
class QuitDelayed:
    """The program was quit `seconds` ago and has not ended yet.

    blockers: the tasks that keep it from ending; empty at first, while its cleanup may only
        need more time.  unlisted: how many more there are.
    under_way: runs in the middle of a step, in which no other task can do anything.
    way_out: the key or command that ends it at once.
    """

    seconds: float
    blockers: tuple[WaitLink, ...] = ()
    unlisted: int = 0
    under_way: tuple[StepUnderWay, ...] = ()
    way_out: str = ""


Event = (
    RunStarted
    | RunEnded
    | Resumed
    | Note
    | Output
    | ProgramEnded
    | DeadlockFound
    | TokenTold
    | LintFound
    | HaltDelayed
    | StepLasts
    | QuitDelayed
    | Traced
)
"""Anything that a front end may want to show that is neither a stop nor a reply."""
