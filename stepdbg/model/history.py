"""What has happened: the recorder's log, ended tasks, deeds and counts.

Owns: `Log` with its entries, `Meanwhile`, `LookBack`, `EndedTask`, `ObjectHistory`, `Stats`, and
the replies that show them or the lanes made from them.
Does not own: noting it (engine.recording.recorder) or the words (render).

All of this comes from the recorder: without one it does not exist.
"""

from __future__ import annotations

import enum

from .facts import NotRecorded
from .lints import LONG_STEP
from .records import dataclass, replace
from .task import Place, Spawn, TaskLabel, Wake

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .deeds import Deed
    from .lanes import Lanes

_BUSY = 0.5
"""A run that spends this share of its time in steps is busy."""


class LogKind(enum.StrEnum):
    """What an entry of the log is about."""

    SPAWNED = "spawned"
    WOKEN = "woken"
    STEPPED = "stepped"  # a step ended at a checkpoint: the task stays runnable
    BLOCKED = "blocked"  # a step ended in a wait
    EXITED = "exited"  # a step was the last one
    CANCELLED = "cancelled"  # a cancel scope was cancelled
    STEERED = "steered"  # the user did something to the task
    IDLE = "idle"  # no task could run for a while
    RECORDING = "recording"  # it began or ended; what happened in between was not noted
    # Only a trace has these:
    RUN = "run"  # it has begun or ended
    BEGAN = "began"  # a step begins
    IO_BEGAN = "io began"  # the loop begins to wait for I/O, at most for `seconds`
    IO_ENDED = "io ended"  # that wait is over, after `seconds`
    HOOK = "hook"  # Trio calls a hook of its instruments
    SCOPE_ENTERED = "scope entered"
    SCOPE_LEFT = "scope left"
    SCOPE_EXPIRED = "scope expired"  # its deadline has passed
    NURSERY_OPENED = "nursery opened"
    NURSERY_CLOSED = "nursery closed"


STEP_ENDS = frozenset((LogKind.STEPPED, LogKind.BLOCKED, LogKind.EXITED))
"""The kinds of entries that note the end of a step."""


@dataclass(frozen=True, slots=True)
class ScopeTold:
    """The cancel scope to which something has happened.

    entered: the own line that entered it; None if that is not known.
    nursery: whether it belongs to a nursery.
    within: the function of Trio that opened the nursery: ``Nursery.start``; empty for own code.
    """

    entered: Place | None
    nursery: bool = False
    within: str = ""


END_OF_NURSERY = "NurseryManager.__aexit__"
"""The function in which a task waits for its children."""

_NAMES = {
    "_LockImpl.acquire": "Lock.acquire",
    END_OF_NURSERY: "the end of a nursery",
    "CapacityLimiter.acquire_on_behalf_of": "CapacityLimiter.acquire",
    "to_thread_run_sync": "to_thread.run_sync",
    "Runner.wait_all_tasks_blocked": "wait_all_tasks_blocked",
}


def awaited_name(function: str) -> str:
    """The public name of a function of Trio's, from its internal one."""
    return _NAMES.get(function, function)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that has happened.

    time: program seconds since the start of the run.
    task: the task that it is about; for a cancelled scope the one that did it; None for none.
    step: the number of the step that ended, or for which the task was woken; 0 for none.
    seconds: how long that step took in real time, without stops; None if no step ended. For a
        wait for I/O, how long it may last or has lasted; for a scope that is entered, the time
        until its deadline.
    place: the own line where the task waits, or that cancelled the scope.
    spawn: where the task was spawned.
    wake: what woke it, or ended an idle time.
    woken: the tasks that woke at the end of an idle time, including Trio's own.
    detail: more in words: the function it waits in, how it exited, what the user did.
    steered: what the user did to the task before this step; empty for nothing.
    scope: the scope or nursery; only a trace has that.
    """

    time: float
    kind: LogKind
    task: TaskLabel | None
    step: int = 0
    seconds: float | None = None
    place: Place | None = None
    spawn: Spawn | NotRecorded | None = None
    wake: Wake | None = None
    detail: str = ""
    steered: str = ""
    woken: tuple[TaskLabel, ...] = ()
    scope: ScopeTold | None = None


@dataclass(frozen=True, slots=True)
class LongStep:
    """A step that took long.

    seconds: how long it took, or has lasted so far, in real time.
    where: the lines at which it was seen most often (``app.py:20-22 in count``); empty if nobody
        looked.
    place: the own line at which it ended, if that is known.
    under_way: whether it has not ended yet.
    """

    task: TaskLabel
    step: int
    seconds: float
    where: str = ""
    place: Place | None = None
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class LookBack:
    """What has kept a run busy lately.

    seconds: how far back that goes, in program seconds.
    rate: how many steps the program's tasks took in each of these seconds.
    exact: whether `rate` was counted; else there were more steps than are kept, and it is estimated
        from samples.
    tasks: how many tasks were seen to step.
    ran: the share of the time that went into steps.
    busiest: the task whose steps took most of it.
    busiest_ran: the share of that task.
    ready: how many other tasks could run right now.
    longest: the longest of the steps.
    """

    seconds: float
    rate: float
    exact: bool
    tasks: int
    ran: float
    busiest: TaskLabel
    busiest_ran: float
    ready: int
    longest: LongStep

    @property
    def tells(self) -> bool:
        """Whether to show it unasked: the run was busy, or a step kept other tasks waiting."""
        return self.ran >= _BUSY or self.longest.seconds >= LONG_STEP


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What a run has done since the stop before, as far as it was recorded.

    steps, tasks: how many steps of how many tasks of the program ended.
    complete: whether the recorder still has all of it; else there was more.
    step: the step, if there was only one.
    done: what that step did to other tasks.
    waits: whether the task of that step still waits.
    idle: the idle time, if there was only one.
    idle_seconds: how long no task ran, in all.
    quiet_since: when the last step ended, if nothing has happened since.
    """

    steps: int
    tasks: int
    complete: bool = True
    step: LogEntry | None = None
    waits: bool = False
    done: tuple[LogEntry, ...] = ()
    idle: LogEntry | None = None
    idle_seconds: float = 0.0
    quiet_since: float | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """The last things that have happened in a run, oldest first.

    on: whether the recorder is on.
    size: how many entries it keeps.
    earlier: how many more entries it keeps that match but are not shown.
    """

    entries: tuple[LogEntry, ...]
    on: bool
    size: int
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class EndedTask:
    """A task that has ended.

    steps: how many steps it took.
    time: when it ended, in program seconds since the start of the run.
    outcome: ``returned``, ``cancelled`` or ``raised``.
    detail: the exception in one line.
    """

    label: TaskLabel
    parent: TaskLabel | None
    spawn: Spawn | NotRecorded
    steps: int
    time: float
    outcome: str
    detail: str = ""
    system: bool = False


@dataclass(frozen=True, slots=True)
class EndedTasks:
    """The tasks that ended last, in the order in which they ended.

    earlier: how many more tasks are known that ended before these.
    """

    tasks: tuple[EndedTask, ...]
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class LogShown:
    """What has happened lately.

    task: the task that the user asked about; None for all, and for several.
    pattern: the pattern for several tasks, as it was typed.
    """

    log: Log
    task: TaskLabel | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class ObjectHistory:
    """What was done to one object, oldest first.

    expression: what the user calls it.
    type: its type: ``Event``.
    earlier: how many deeds before these are no longer kept.
    on: whether the recorder notes deeds now.
    """

    expression: str
    type: str
    deeds: tuple[Deed, ...]
    earlier: int = 0
    on: bool = True


@dataclass(frozen=True, slots=True)
class TimelineShown:
    """What the tasks of a run have done lately, side by side.

    to_scale: the width shows time; else each step and each idle time is equally wide.
    """

    lanes: Lanes
    to_scale: bool


@dataclass(frozen=True, slots=True)
class TaskStats:
    """What one task has done; all durations are in real seconds, without stops.

    steps: how many steps it has taken.
    ran: how long these took.
    waited: how long it was runnable while other tasks ran.
    blocked: how long it was blocked.
    longest: its longest step, None if it has not taken any.
    ended: whether it has ended.
    system: whether it is Trio's own.
    """

    label: TaskLabel
    steps: int
    ran: float
    waited: float
    blocked: float
    longest: LongStep | None = None
    ended: bool = False
    system: bool = False


@dataclass(frozen=True, slots=True)
class LoopStats:
    """What the loop of a run has done, with all of its tasks.

    seconds: how long stepdbg has counted, in real seconds, without stops.
    ran: how many of these seconds went into steps.
    steps: how many steps there were.
    passes: how many passes there were; None if they were not counted.
    gap: the longest time in which it did not look for I/O, in seconds; None if that was not
        measured.
    """

    seconds: float
    ran: float
    steps: int
    passes: int | None = None
    gap: float | None = None

    @property
    def busy(self) -> float:
        """The share of the time that went into steps, from 0 to 1."""
        return min(self.ran / self.seconds, 1.0) if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Stats:
    """The tasks, those that ran longest first, and the loop.

    rest: how many more tasks have ended; only the numbers of the loop include them.
    complete: whether everything was counted from the beginning of the run.
    replayed: whether the run followed a schedule meanwhile, so that its sleeps took no time.
    """

    tasks: tuple[TaskStats, ...]
    loop: LoopStats
    rest: int = 0
    complete: bool = True
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class StatsShown:
    """Numbers of a run.

    more: how many counted tasks are not shown.
    chosen: the user named tasks, so the loop is left out.
    """

    stats: Stats
    more: int = 0
    chosen: bool = False


MOST = 30
"""How many tasks are shown if the user names none."""


def summary(stats: Stats, *, system: bool = False) -> StatsShown:
    """The loop, and the tasks that ran longest; Trio's own only with `system`."""
    tasks = [each for each in stats.tasks if system or not each.system]
    return StatsShown(replace(stats, tasks=tuple(tasks[:MOST])), max(len(tasks) - MOST, 0))
