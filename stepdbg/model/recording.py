"""A recording: all that a run does, kept in a file as it happens.

Owns: `Shape`, what events of a recording have in common; the protocol of what keeps them; which
moment is `Sought`, and which one is shown (`Past`).
Does not own: noticing events (engine.tracing), or the file (archive).

An event is five numbers.  One of them names its shape, which is told once however often it recurs.
The others say which task it is about, and what else differs from event to event.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Protocol

from .facts import RunId, TaskNumber
from .records import dataclass
from .task import FrameRef, Place, WakeKind

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDING = "a recording"
"""What `Controller.medium` is called, see there."""

REPLAY_ANYWAY = "--replay-anyway"
"""The option that lets a run be executed once more that reaches beyond its process."""

NOBODY = 0xFFFF_FFFF
"""Stands for no task in the numbers of an event."""

MAIN = "main"
"""The `detail` of the main task's spawn."""


class ShapeKind(enum.StrEnum):
    """What kind of event it is.  Behind each: what its `number` means, where it means anything."""

    RUN = "run"  # it has begun or ended, by `detail`
    MARK = "mark"  # from this moment on, program time goes on with `seconds` a second …
    MARK_TIME = "mark time"  # … from this time (which is the event's own moment)
    SPAWNED = "spawned"  # the task that spawned it
    LIVES = "lives"  # known when the recording began; the steps it had taken
    NURSERY = "nursery"  # the task has a nursery of this identity
    INSIDE = "inside"  # the task lives in the nursery of this identity
    STEPPED = "stepped"  # the step that has ended at a checkpoint
    BLOCKED = "blocked"  # the step that has ended in a wait
    DEADLINE = "deadline"  # the wait has one in `seconds`; the identity of its scope
    EXITED = "exited"  # the step that was its last
    WOKEN = "woken"  # the task that woke it
    CANCELLED = "cancelled"  # a scope was cancelled by the task
    STEERED = "steered"  # the user did something to the task
    RECORDING = "recording"  # it has begun or ceased

    __hash__ = object.__hash__  # that of `Enum` asks the program's `hash`


@dataclass(frozen=True, slots=True)
class Shape:
    """What events of a run have in common.

    place: the own line: where the task waits, or that spawned, woke or cancelled.
    name, called: how a spawned task is called, as of a `TaskLabel`.
    system: whether a task is Trio's own.
    wake: what has woken the task.
    detail: more in words, as of a `LogEntry`.
    """

    run: RunId
    kind: ShapeKind
    place: Place | None = None
    name: str = ""
    called: str = ""
    system: bool = False
    wake: WakeKind | None = None
    detail: str = ""


class RecordingSink(Protocol):
    """Keeps events.

    For code that is called very often, `event` is there in two parts: `put` takes what `pack` makes
    of the same numbers; where that raises ValueError, `write` takes it.
    """

    @property
    def pack(self) -> Callable[[float, float, int, int, int], bytes]:
        """Makes an event of five numbers; see `event`."""

    @property
    def put(self) -> Callable[[bytes], object]:
        """Keeps a packed event; raises ValueError if the file has to grow for it."""

    def write(self, data: bytes) -> None:
        """Keep a packed event; the file grows."""

    def shape(self, shape: Shape) -> int:
        """The number by which a shape is told from now on."""

    def event(self, when: float, seconds: float, number: int, task: int, shape: int) -> None:
        """Keep an event.

        Args:
            when: its moment, of `perf_counter` or of the program's own clock.
            seconds: how long that took.
            number: see `ShapeKind`, within 32 bits.
            task: the task that it is about.
            shape: the number of its shape.
        """


class SoughtKind(enum.StrEnum):
    """By what a moment is found.

    STEP: by the number of a step, or the time.  HIT: it is the last time that a breakpoint was hit.
    CHANGE: the last step that has changed the value of an expression.
    LINE: the line that the task in view has run before, as many lines ago as `Sought.step` says.
    """

    STEP = "step"
    HIT = "hit"
    CHANGE = "change"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Sought:
    """A moment of a recording, or of a run's past, that somebody wants to see.

    run: of which run.  step: the number of a step, which is about to begin then; counted over all
        tasks of the program.  seconds: a time, in program seconds since the start of the run.
    relative: count from the moment that is shown.
    Without step and seconds it is the end.
    kind: by what else it is found.  task: count only the steps of this one.
    frame: the one in view; None where the task in view has none.
    expression: what is to be looked at, which means something there.
    anyway: execute the run once more though it reaches beyond its process.
    setup: the lines that set up breakpoints, displays and aliases as they are now.
    """

    run: RunId
    step: int | None = None
    seconds: float | None = None
    relative: bool = False
    kind: SoughtKind = SoughtKind.STEP
    task: TaskNumber | None = None
    expression: str = ""
    frame: FrameRef | None = None
    anyway: bool = False
    setup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier moment of a run, shown by executing it once more.

    step: that is under way or comes next, counted over all tasks from 1.
    steps: how many the run itself has taken.
    """

    step: int
    steps: int
