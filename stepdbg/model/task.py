"""What a task, a frame, a scope and a queue looked like at one moment.

Owns: the frozen pictures of everything that Trio schedules.
Does not own: how they are captured (engine) or drawn (render).

Times are seconds of the run's own clock, counted from the start of the run, unless a
field says otherwise.  Frame 0 is the innermost frame.
"""

from __future__ import annotations

import enum

from .facts import NO_TASK, NotDelivered, NotRecorded, RunId, ScopeNumber, TaskNumber
from .records import dataclass, replace


class Origin(enum.StrEnum):
    """Whose code a frame runs."""

    OWN = "own"
    LIBRARY = "library"
    TRIO = "trio"


class TaskState(enum.StrEnum):
    """The state of a task, as Trio's scheduler sees it."""

    NOT_STARTED = "not started"
    RUNNABLE = "runnable"
    CURRENT = "current"
    BLOCKED = "blocked"
    HELD = "held"  # kept off the run queue by the user
    EXITED = "exited"


def plain_name(name: object) -> str:
    """A task's name as text, even if the program has put another object into ``task.name``.

    Trio makes every name a text at first. This function calls no code of the program.
    """
    if type(name) is str:
        return name
    if isinstance(name, str):
        return str.__getitem__(name, slice(None))
    return repr(name) if type(name) in (int, float, bytes, bool) else f"<{type(name).__qualname__}>"


@dataclass(frozen=True, slots=True)
class TaskLabel:
    """The names and numbers of a task: ``worker#2 (4)``.

    name: Trio's own name of the task, such as ``__main__.worker``.
    ordinal: 1 for the first task of this name in its run, 2 for the next one.
    repeated: whether its run has had another task of this name, so that the ordinal matters.
    called: the user's name for it, if that differs: the user's function that a library's function
        runs, or the name that the user has chosen.  Ordinals then count tasks with this name.
    """

    run: RunId
    number: TaskNumber
    name: str
    ordinal: int
    repeated: bool
    called: str = ""

    @property
    def short(self) -> str:
        """The name for users: without ``__main__.``, and with ``#2`` if names repeat."""
        name = (self.called or self.name).removeprefix("__main__.")
        return f"{name}#{self.ordinal}" if self.repeated else name

    def __str__(self) -> str:
        return self.short if self.number == NO_TASK else f"{self.short} ({self.number})"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of code.

    line: 1-based; None if the code has no line (C code, or a frame that has ended).
    text: the stripped source line, empty when there is no source.
    """

    filename: str
    line: int | None
    function: str
    origin: Origin
    text: str = ""


class SourceAge(enum.StrEnum):
    """Whether a source is the one that Python loaded."""

    LOADED = "as loaded"
    CHANGED = "changed on disk"  # stepdbg shows the earlier text, which is the one that runs
    GONE = "gone from the disk"  # likewise
    DOUBTFUL = "maybe not as loaded"  # stepdbg has never seen the text that runs


@dataclass(frozen=True, slots=True)
class FrameRef:
    """Names one frame of one task; 0 is the innermost."""

    task: TaskNumber
    index: int


@dataclass(frozen=True, slots=True)
class FrameSnapshot:
    """One frame of a task's stack.

    kind: the kind of its code: ``coroutine``, ``function``, ``generator``, ``async generator`` or
        ``module``.
    """

    index: int
    place: Place
    kind: str


class WakeKind(enum.StrEnum):
    """What made a task runnable."""

    STARTED = "started"  # its first step: it was spawned
    TASK = "task"  # another task woke it
    ITSELF = "itself"  # it passed a checkpoint without blocking
    SLEEP = "sleep"  # its own sleep ended
    DEADLINE = "deadline"  # a timeout: the deadline of a cancel scope
    CANCELLED = "cancelled"  # a cancel scope around it was cancelled
    IO = "I/O"  # a file descriptor became ready
    THREAD = "thread"  # a call from another thread or a signal handler
    IDLE = "idle"  # wait_all_tasks_blocked: nothing else could run
    DEBUGGER = "debugger"  # the user did it


class WaitKind(enum.StrEnum):
    """What kind of thing ends a wait."""

    EVENT = "event"
    LOCK = "lock"
    CONDITION = "condition"
    SEMAPHORE = "semaphore"
    LIMITER = "capacity limiter"
    RECEIVE = "receive"  # an item from a memory channel
    SEND = "send"  # room in a memory channel
    NURSERY = "nursery"  # the end of its children
    START = "start"  # a child's call of started()
    SLEEP = "sleep"
    FOREVER = "forever"  # sleep_forever, which only a cancellation ends
    READABLE = "readable"  # a file descriptor
    WRITABLE = "writable"
    PROCESS = "process"
    SIGNAL = "signal"
    THREAD = "thread"  # a worker thread
    IDLE = "idle"  # wait_all_tasks_blocked
    PARKING_LOT = "parking lot"
    ENTRY_QUEUE = "entry queue"  # Trio's own task for calls from other threads
    CUSTOM = "custom"  # wait_task_rescheduled, called by code that is not Trio's


@dataclass(frozen=True, slots=True)
class ShortWait:
    """What a blocked task waits for, in short.

    left: seconds until a deadline ends the wait; None if it has none.
    """

    what: WaitKind
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Wake:
    """Why a task runs now.

    by: the task that woke it; None if no task did.
    place: the innermost own line that woke it; for a sleep the line of the sleep, for a timeout
        the line of its ``with``.
    detail: what else is known, in words, such as the reason of a cancellation.
    seconds: how long the sleep or the timeout was.
    """

    kind: WakeKind
    by: TaskLabel | None = None
    place: Place | None = None
    detail: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Spawn:
    """Where a task was spawned: the task and the own line that spawned it."""

    by: TaskLabel | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class TaskSnapshot:
    """A task at one moment.

    steps: how many steps it has taken, without a step that is under way.
    doing: its innermost own line, or else its innermost line; None once it has exited.
    parent: the task whose nursery holds it; None for the root task.
    wake: why it is runnable; None if it is not runnable.
    stack_key: equal for tasks with equal stacks, for grouping.
    wait: what it waits for; None if it is not blocked, or if stepdbg has not examined it.
    """

    label: TaskLabel
    state: TaskState
    system: bool
    steps: int
    doing: Place | None
    parent: TaskLabel | None
    spawn: Spawn | NotRecorded
    wake: Wake | NotRecorded | None
    stack_key: int
    wait: ShortWait | None = None


def as_left(task: TaskSnapshot, place: Place | None) -> TaskSnapshot:
    """The picture of a task that an exception has ended later, shown with its traceback's frames.

    place: where the exception was raised.
    """
    if task.state is TaskState.EXITED:
        return task
    return replace(task, state=TaskState.EXITED, doing=place, wake=None, wait=None)


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks with equal names, states and stacks; `example` is the first one."""

    example: TaskSnapshot
    labels: tuple[TaskLabel, ...]


@dataclass(frozen=True, slots=True)
class ScopeSnapshot:
    """A cancel scope at one moment.

    deadline: seconds from now; None if it has none; negative if it is overdue.
    place: the own line that entered it; None if that is not known.
    seconds: the timeout that it was given there; None if that is not known.
    """

    number: ScopeNumber
    deadline: float | None
    shield: bool
    cancel_called: bool
    effectively_cancelled: bool
    place: Place | None
    reason: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What has happened to a cancellation around a task that has not ended.

    times: how often it was delivered.
    why_not: why it is not delivered.
    shield: the line of the shield that prevents it.
    unwinds: the task is on its way out, or handles the Cancelled.
    handler: the line of the ``except`` that swallowed it.
    written: the text of that ``except``.
    """

    times: int | NotRecorded = 0
    why_not: NotDelivered | None = None
    shield: Place | None = None
    unwinds: bool = False
    handler: Place | None = None
    written: str = ""


@dataclass(frozen=True, slots=True)
class NurserySnapshot:
    """A nursery with the tasks in it.

    place: the own line of its ``async with``; None if that is not known.
    starting: tasks from ``nursery.start`` that have not called ``started()`` yet.
    """

    scope: ScopeSnapshot
    place: Place | None
    closed: bool
    children: tuple[TaskNode, ...]
    starting: tuple[TaskLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskNode:
    """A task in the tree, with its scopes and nurseries in order, outermost first."""

    task: TaskSnapshot
    inside: tuple[ScopeSnapshot | NurserySnapshot, ...]


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A runnable task and what woke it."""

    task: TaskSnapshot
    wake: Wake | NotRecorded


@dataclass(frozen=True, slots=True)
class QueueSnapshot:
    """The run queue.

    current: the task whose step is about to begin or under way.
    this_pass: the rest of Trio's batch, in the order in which it will run.
    next_pass: tasks that became runnable meanwhile; Trio has not chosen their order yet, and
        flips a coin for it (or shuffles, under Hypothesis).
    held: tasks that would be runnable if the user did not hold them.
    """

    current: TaskLabel | None
    this_pass: tuple[QueueEntry, ...]
    next_pass: tuple[QueueEntry, ...]
    held: tuple[QueueEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerSnapshot:
    """A pending deadline: seconds left, its scope, and the tasks that it would cancel.

    tasks: at most `TIMER_TASKS` of them.
    task_count: how many there are.
    """

    left: float
    scope: ScopeSnapshot
    tasks: tuple[TaskLabel, ...]
    task_count: int


TIMER_TASKS = 8
"""How many labels of tasks a `TimerSnapshot` has; the others are only counted."""


class RunState(enum.StrEnum):
    """Whether a run goes on, and if not, why."""

    RUNNING = "running"
    STOPPED = "stopped"
    WAITING = "waiting"  # it will stop when another run has given up the prompt
    ENDED = "ended"
    OUTSIDE = "outside"  # the state of run 0, which stands for code outside of any run


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """One ``trio.run``.

    thread: the name of its thread.
    state: a `RunState`.
    time: program seconds since its start.
    task_count: how many living tasks are not Trio's own.
    queue_length: how many runnable tasks are not Trio's own, without the current one.
    next_deadline: seconds to the next deadline; None if there is none.
    main: the main task; None before it exists.
    notes: how it differs from an ordinary run, one text each ("guest run on asyncio").
    moment: of a picture, when it was taken ("when the exception was raised"); empty: it is of now.
    """

    run: RunId
    thread: str
    state: str
    guest: bool
    time: float
    task_count: int
    queue_length: int
    next_deadline: float | None
    main: TaskLabel | None
    notes: tuple[str, ...] = ()
    moment: str = ""


class WayKind(enum.StrEnum):
    """How a function has left its loop."""

    RETURN = "return"
    BREAK = "break"
    OVER = "over"  # a `for` has had its last item
    FALSE = "false"  # the test of a `while`
    CUT_SHORT = "cut short"  # by a `with` around it: a timeout, for one


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a function may have left its loop; `head` is the text of its line."""

    kind: WayKind
    line: int
    head: str
