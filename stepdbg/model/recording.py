"""A recording: all that a run does, kept in a file as it happens.

Owns: `Shape`, which holds what events of a recording have in common; the protocol of the sink that
keeps events; the moment that a user wants to see (`Sought`) and the one that is shown (`Past`).
Does not own: noticing events (engine.tracing), or the file (archive).

An event is five numbers.  One of them names its shape, which is written only once.
The others say which task the event is about, and what else differs from event to event.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Protocol

from .facts import RunId, TaskNumber
from .records import dataclass
from .task import FrameRef, Place, WakeKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from .protocols import Inspector
    from .stops import Stop

RECORDING = "a recording"
"""The value of `Controller.medium` for a recording."""

REPLAY_ANYWAY = "--replay-anyway"
"""The option that executes a run once more even if it reaches beyond its process."""

NOBODY = 0xFFFF_FFFF
"""Stands for no task in the numbers of an event."""

MAIN = "main"
"""The `detail` of the main task's spawn."""


ASLEEP = "sleep"
"""The `detail` of the deadline of a sleep, at which the task wakes."""


OWN = "own"
"""The `detail` of the deadline of a scope that the task itself entered, outside its nurseries."""


SHIELD = "shield"
"""The `detail` of a scope that is a shield."""


class ShapeKind(enum.StrEnum):
    """What kind of event it is.  The comments say what its `number` means, if it means anything."""

    RUN = "run"  # it has begun or ended, by `detail`
    MARK = "mark"  # from this moment on, program time runs at `seconds` a second …
    MARK_TIME = "mark time"  # … and starts from this time, which is the event's moment
    SPAWNED = "spawned"  # the task that spawned it
    LIVES = "lives"  # the task lived when the recording began; how many steps it had taken
    NURSERY = "nursery"  # the task has a nursery with this id
    INSIDE = "inside"  # the task lives in the nursery with this id
    STEPPED = "stepped"  # the step that ended at a checkpoint
    BLOCKED = "blocked"  # the step that ended in a wait
    SCOPES = "scopes"  # the task has entered so many scopes without a deadline; they follow
    SCOPE = "scope"  # one of them, with this id; in the place of `seconds`: nurseries around it
    DEADLINE = "deadline"  # the wait has a deadline in `seconds`; the id of its scope
    EXITED = "exited"  # the step that was its last
    WOKEN = "woken"  # the task that woke it
    CANCELLED = "cancelled"  # a scope was cancelled by the task
    STEERED = "steered"  # the user did something to the task
    RECORDING = "recording"  # it began or ended
    STOPPED = "stopped"  # stepdbg held the run; the number of the step

    __hash__ = object.__hash__  # `Enum.__hash__` calls `hash`, which the program may replace


@dataclass(frozen=True, slots=True)
class Shape:
    """What events of a run have in common.

    place: the own line: where the task waits, or that spawned, woke or cancelled, or that entered
        the scope of a deadline, or at which the run stopped.
    name, called: the names of a spawned task, as in a `TaskLabel`.
    system: whether a task is Trio's own.
    wake: what woke the task.
    detail: more in words, as in a `LogEntry`.
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

    Code that runs very often calls `event` in two parts: `pack` makes bytes of the same numbers,
    and `put` takes them.  If `put` raises ValueError, pass them to `write`.
    """

    @property
    def pack(self) -> Callable[[float, float, int, int, int], bytes]:
        """The function that packs the five numbers of an event, see `event`."""

    @property
    def put(self) -> Callable[[bytes], object]:
        """The function that keeps a packed event; it raises ValueError if the file has to grow."""

    def write(self, data: bytes) -> None:
        """Keep a packed event; the file grows."""

    def shape(self, shape: Shape) -> int:
        """Return the number by which events name this shape from now on."""

    def event(self, when: float, seconds: float, number: int, task: int, shape: int) -> None:
        """Keep an event.

        Args:
            when: its moment, from `perf_counter` or from the program's own clock.
            seconds: how long it took.
            number: see `ShapeKind`; it must fit into 32 bits.
            task: the task that it is about.
            shape: the number of its shape.
        """

    def stop(self, event: bytes, inspector: Inspector, stop: Stop) -> None:
        """Keep an event about a stop, with the stacks and the values of that moment.

        Args:
            event: packed.
            inspector: reads the run, which is held.
            stop: why it is held.
        """


class SoughtKind(enum.StrEnum):
    """How a moment is found.

    STEP: by the number of a step, or by the time.
    HIT: the last time that a breakpoint was hit.
    CHANGE: the last step that changed the value of an expression.
    LINE: a line that the task in view has run, as many lines ago as `Sought.step` says.
    """

    STEP = "step"
    HIT = "hit"
    CHANGE = "change"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Sought:
    """A moment of a recording, or of a run's past, that the user wants to see.

    run: the run.
    step: the number of the step that is about to begin then, counted over all tasks of the program.
    seconds: a time, in program seconds since the start of the run.
    relative: count from the moment that is shown.
        Without step and seconds it is the end.
    kind: how it is found.
    task: count only the steps of this task.
    frame: the one in view; None if the task in view has none.
    expression: the expression to watch, evaluated in that frame.
    anyway: execute the run once more even though it reaches beyond its process.
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

    step: the step that is under way or comes next, counted over all tasks from 1.
    steps: how many steps the run itself has taken.
    """

    step: int
    steps: int
