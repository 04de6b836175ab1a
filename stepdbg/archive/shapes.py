"""What a picture of a process holds.

Owns: the frozen types that a dump is made of, besides those of the model.
Does not own: taking a picture (picture), or its form in a file (codec, container).

Each task is written once.  The tree and the queue refer to it by its number.  So a picture is flat
however deep the tree is, and a task looks the same wherever it is shown.
"""

from __future__ import annotations

from stepdbg.model.breakpoints import BreakpointSnapshot
from stepdbg.model.facts import NotRecorded, RunId, TaskNumber
from stepdbg.model.failures import ExceptionNode
from stepdbg.model.history import EndedTask, Log, LookBack, Stats
from stepdbg.model.lints import LintsFound
from stepdbg.model.records import dataclass
from stepdbg.model.stops import Stop
from stepdbg.model.task import (
    FrameSnapshot,
    Place,
    RunSnapshot,
    ScopeSnapshot,
    TaskLabel,
    TaskSnapshot,
    TimerSnapshot,
    Wake,
)
from stepdbg.model.values import Variable
from stepdbg.model.waits import Deadlock, Explanation, WorkerThread

LEFT_OUT = "(left out)"
"""Stands for a value that was left out because the user wanted no values."""


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A frame with its variables.

    span: first and last line of its function, None if they could not be found.
    variables: its locals, None if they were not kept.
    arguments: names of its parameters.
    members: attributes of the objects in its locals, as ``self.size``, as many as were kept.
    """

    frame: FrameSnapshot
    span: tuple[int, int] | None = None
    variables: tuple[Variable, ...] | None = None
    arguments: tuple[str, ...] = ()
    members: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskPicture:
    """A task with its stack, innermost first, and what it waits for (None: not kept)."""

    task: TaskSnapshot
    frames: tuple[FramePicture, ...] = ()
    why: Explanation | None = None


@dataclass(frozen=True, slots=True)
class NurseryPicture:
    """A nursery with the numbers of its children; otherwise like `NurserySnapshot`."""

    scope: ScopeSnapshot
    place: Place | None
    closed: bool
    children: tuple[TaskNumber, ...]
    starting: tuple[TaskLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class NodePicture:
    """A task's place in the tree: its scopes and nurseries, outermost first."""

    task: TaskNumber
    inside: tuple[ScopeSnapshot | NurseryPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuedPicture:
    """A runnable task and what woke it."""

    task: TaskNumber
    wake: Wake | NotRecorded


@dataclass(frozen=True, slots=True)
class QueuePicture:
    """The run queue with the numbers of its tasks; otherwise like `QueueSnapshot`."""

    current: TaskLabel | None
    this_pass: tuple[QueuedPicture, ...] = ()
    next_pass: tuple[QueuedPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class RunPicture:
    """One run, or (run 0) the thread that was held outside of any.

    tasks: by number, Trio's own included.
    outside: the held thread, as if it were a task.
    tree: the first node is the root.
    hope: why the run as a whole is not stuck.
    problem: why nothing more could be read of the run, empty if all went well.
    log: what the tasks have done lately, None if nothing was recorded.
    lately: what has kept the run busy, None if that is not known.
    stats: what its tasks have done in all, None if nothing was counted.
    """

    run: RunSnapshot
    tasks: tuple[TaskPicture, ...] = ()
    outside: TaskPicture | None = None
    tree: tuple[NodePicture, ...] = ()
    queue: QueuePicture | None = None
    timers: tuple[TimerSnapshot, ...] = ()
    deadlocks: tuple[Deadlock, ...] = ()
    hope: str = ""
    threads: tuple[WorkerThread, ...] = ()
    problem: str = ""
    log: Log | None = None
    ended: tuple[EndedTask, ...] = ()
    lately: LookBack | None = None
    stats: Stats | None = None


@dataclass(frozen=True, slots=True)
class ExceptionPicture:
    """An exception of the tree that has failed, with the frames of its traceback."""

    node: ExceptionNode
    frames: tuple[FramePicture, ...] = ()


@dataclass(frozen=True, slots=True)
class SourcePiece:
    """Lines of a file from number `first` on, joined by newlines."""

    first: int
    text: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """What was kept of a source file.  length: how many lines the whole file has."""

    filename: str
    length: int
    pieces: tuple[SourcePiece, ...]


@dataclass(frozen=True, slots=True)
class About:
    """When and where a picture was taken.

    time: seconds since 1970, UTC.
    command_line: the words that started the program.
    """

    time: float
    stepdbg: str
    python: str
    trio: str
    platform: str
    process: int
    folder: str
    command_line: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything there was to see of a process at one moment.

    in_view: the run that the picture is about.
    stop: None if nothing was held.
    runs: all runs of the process, pictured or not.
    values: whether values were kept.
    notes: what could not be read, each a sentence.
    exceptions: what had been raised, each exception before those below it in the tree.
    lints: what looked wrong, None if lints were off.
    """

    about: About
    in_view: RunId
    stop: Stop | None
    runs: tuple[RunSnapshot, ...]
    pictures: tuple[RunPicture, ...]
    breakpoints: tuple[BreakpointSnapshot, ...] = ()
    sources: tuple[SourceText, ...] = ()
    values: bool = True
    notes: tuple[str, ...] = ()
    exceptions: tuple[ExceptionPicture, ...] = ()
    lints: LintsFound | None = None
