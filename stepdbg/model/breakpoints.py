"""Breakpoints: what a user asked to stop at.

Owns: `BreakpointSpec` (the request), `BreakpointSnapshot` (the request and what became of it),
`ScopeCancelled`.
Does not own: where a breakpoint is set, or how it is matched (engine.breaking.breakpoints).
"""

from __future__ import annotations

import enum

from .facts import BreakpointNumber
from .records import dataclass
from .task import FrameRef, ScopeSnapshot, TaskLabel


class TaskEvent(enum.StrEnum):
    """A moment in a task's life that a breakpoint can name."""

    SPAWN = "spawn"  # the task has been created
    START = "start"  # before its first step
    STEP = "step"  # before each step
    BLOCK = "block"  # after a step that left it blocked
    WAKE = "wake"  # it became runnable
    CANCEL = "cancel"  # before a step in which Cancelled reaches it
    FAIL = "fail"  # it exited with an exception that is not a cancellation
    EXIT = "exit"  # it exited


@dataclass(frozen=True, slots=True)
class TaskTarget:
    """Tasks by name: a glob, ``name#2`` or a number, at one event of their lives."""

    pattern: str
    event: TaskEvent = TaskEvent.STEP

    def __str__(self) -> str:
        suffix = "" if self.event is TaskEvent.STEP else f" on {self.event}"
        return f"task {self.pattern}{suffix}"


@dataclass(frozen=True, slots=True)
class LineTarget:
    """A line of a file.

    filename: as typed when asked for; the whole path once the breakpoint is set.
    task: a task pattern; only those tasks stop there.  If it is None, any task does, and so does
        code outside of tasks.
    """

    filename: str
    line: int
    task: str | None = None

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}" + (f" task {self.task}" if self.task else "")


@dataclass(frozen=True, slots=True)
class FunctionTarget:
    """The first line of a function: ``package.module.function``, or a bare name.

    A bare name (typed ``:name``) means the function of that name in any own file.
    """

    function: str
    task: str | None = None

    def __str__(self) -> str:
        return self.function + (f" task {self.task}" if self.task else "")


@dataclass(frozen=True, slots=True)
class ExceptionTarget:
    """An exception that is raised in own code.

    type: the name of its class or of a base, bare or dotted; None: any but `Cancelled` and
        those that only end a loop or an await.
    uncaught: only where no own frame of the task catches it: at the task's failing exit.
    """

    type: str | None = None
    uncaught: bool = False

    def __str__(self) -> str:
        return "exception" + (f" {self.type}" if self.type else "") + " uncaught" * self.uncaught


@dataclass(frozen=True, slots=True)
class CancelTarget:
    """Any cancel scope that is cancelled.

    every: also the scopes that Trio opens for a wait of its own, such as a sleep.
    """

    every: bool = False

    def __str__(self) -> str:
        return "cancel" + " -a" * self.every


@dataclass(frozen=True, slots=True)
class DeadlineTarget:
    """Any timeout that expires.

    every: also the end of a sleep.
    """

    every: bool = False

    def __str__(self) -> str:
        return "deadline" + " -a" * self.every


@dataclass(frozen=True, slots=True)
class SlowTarget:
    """A step that takes longer than so many seconds of real time."""

    seconds: float

    def __str__(self) -> str:
        return f"slow {self.seconds * 1000:g}ms"


@dataclass(frozen=True, slots=True)
class IdleTarget:
    """No task is runnable, and the run waits."""

    def __str__(self) -> str:
        return "idle"


@dataclass(frozen=True, slots=True)
class WatchTarget:
    """An expression changes its value, as far as a picture shows that without running code.

    expression: names, attributes and items, such as ``jobs[0].state``.
    frame: where stepdbg looks the names up when the breakpoint is set.
    """

    expression: str
    frame: FrameRef

    def __str__(self) -> str:
        return f"watch {self.expression}"


Target = (
    TaskTarget
    | LineTarget
    | FunctionTarget
    | ExceptionTarget
    | CancelTarget
    | DeadlineTarget
    | SlowTarget
    | IdleTarget
    | WatchTarget
)
"""Anything a breakpoint can be set on."""


@dataclass(frozen=True, slots=True)
class HitCount:
    """Which hits count: ``>5``, ``>=5``, ``==5``, ``%3`` (every third one).

    operator: one of ``>``, ``>=``, ``==``, ``%``.
    """

    operator: str
    number: int

    def holds(self, hits: int) -> bool:
        """Whether the hit of this number, 1 for the first, counts."""
        match self.operator:
            case ">":
                return hits > self.number
            case ">=":
                return hits >= self.number
            case "==":
                return hits == self.number
        return hits % self.number == 0

    def __str__(self) -> str:
        return f"{self.operator}{self.number}"


@dataclass(frozen=True, slots=True)
class BreakpointSpec:
    """A breakpoint as asked for.

    condition: a Python expression, evaluated in the task's innermost own frame; None: always.
    temporary: it is cleared when it is hit.
    ignore: how many hits to skip first.
    hit_count: which of the remaining hits count; None for all.
    log: a template such as ``got {item}``: each hit prints it and the run goes on.
    enabled: whether it is in force from the start.
    per_task: `ignore` and `hit_count` count the hits of each task separately.
    """

    target: Target
    condition: str | None = None
    temporary: bool = False
    ignore: int = 0
    hit_count: HitCount | None = None
    log: str | None = None
    enabled: bool = True
    per_task: bool = False


@dataclass(frozen=True, slots=True)
class TaskHits:
    """How often a breakpoint was hit in one task."""

    task: TaskLabel
    hits: int


@dataclass(frozen=True, slots=True)
class BreakpointSnapshot:
    """A breakpoint and what became of it.

    hits: how often its condition held, including ignored hits.
    matching: how many living tasks it matches now; None if it does not name tasks.
    commands: lines to run at each hit.
    note: a sentence about it, such as "no task matches yet"; empty if there is nothing to say.
    of_tasks: the hits in each living task, if they are counted per task.
    """

    number: BreakpointNumber
    spec: BreakpointSpec
    enabled: bool
    hits: int
    matching: int | None = None
    commands: tuple[str, ...] = ()
    note: str = ""
    of_tasks: tuple[TaskHits, ...] = ()


@dataclass(frozen=True, slots=True)
class BreakpointHit:
    """A breakpoint that stopped the run.

    problem: how its condition failed.
    change: how a watched value has changed.
    """

    number: BreakpointNumber
    spec: BreakpointSpec
    problem: str = ""
    commands: tuple[str, ...] = ()
    change: str = ""


@dataclass(frozen=True, slots=True)
class ScopeCancelled:
    """A scope that is being cancelled at a stop.

    source: ``deadline``, ``nursery`` or ``explicit``.
    inside: the tasks that it cancels, the one that has entered it first; at most `TIMER_TASKS`.
    count: how many tasks it cancels in all.
    """

    scope: ScopeSnapshot
    source: str
    inside: tuple[TaskLabel, ...]
    count: int
