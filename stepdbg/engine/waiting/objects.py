"""What recognisers are given, and what they find.

Owns: `Waiting` (a blocked task with its frames) and `Found`.
Does not own: the recognising (recognisers) or the picture made of it (chain).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType
from typing import TypeVar

from trio import MemoryReceiveChannel, MemorySendChannel
from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg._trio_internals.waits import State, channel_state
from stepdbg.engine.foreseeing.plain import module_of
from stepdbg.model.records import dataclass, field
from stepdbg.model.standard import math
from stepdbg.model.task import WaitKind
from stepdbg.model.wait_kinds import WAITS, WaitRow
from stepdbg.model.waits import Ending

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A blocked task in a function of Trio.

    frame: that function's frame.  inner: the frames that it has called, innermost first.
    """

    task: Task
    frame: FrameType
    inner: Sequence[FrameType]

    def local(self, name: str) -> object:
        """A local variable of the function, None when it is not bound."""
        return peek_at(self.frame, name)

    @property
    def self(self) -> object:
        """The object whose method it is."""
        return self.local("self")


@dataclass(frozen=True, slots=True)
class Found:
    """What a task waits for, with live objects.

    obj: the object waited for.  what: what to call it.
    aliases: other objects under whose name it may be known (a lock for its condition).
    holders: who has what it waits for.
    wakers: who could end it, where Trio says so.
    keys: whether an object gives its holder the power to end the wait; who has one is asked of
        the tasks' variables.
    mates: gives the tasks that wait for the same, this one included, where Trio knows them.
    made, held: what the recorder may know by; `made` is what the ends of a channel share.
    power: what its holder can end the wait with, where that is neither the object nor `made`.
    outside: whether something outside of the run could also end this one.
    """

    kind: WaitKind
    obj: object = None
    what: str = ""
    aliases: tuple[object, ...] = ()
    holders: tuple[Task, ...] = ()
    wakers: tuple[Task, ...] = ()
    keys: Callable[[object], bool] | None = None
    mates: Callable[[], tuple[Task, ...]] = tuple
    waiters: int = 1
    numbers: tuple[tuple[str, int], ...] = ()
    detail: str = ""
    made: State | None = None
    held: ParkingLot | None = None
    thread: object = None
    power: object = None
    outside: bool = False

    @property
    def key(self) -> int:
        """The `id` of what its holder can end the wait with."""
        if self.power is not None:
            return id(self.power)
        return id(self.obj if self.made is None else self.made)

    @property
    def row(self) -> WaitRow:
        """What is common to all waits of this kind."""
        return WAITS[self.kind]

    @property
    def ending(self) -> Ending:
        """Who could end the wait."""
        return Ending.OUTSIDE if self.outside else self.row.ending


_STREAMS = "anyio.streams.memory"


def shared_by_ends(obj: object) -> object | None:
    """What an end of a channel, or of a memory stream of anyio, has in common with its other end.

    None for whatever is not an end like that.  No code of the program is asked.
    """
    kind = type(obj)
    if kind is MemorySendChannel or kind is MemoryReceiveChannel:
        return channel_state(obj)  # type: ignore[arg-type]  # its type is one of the two
    return (
        vars(obj).get("_state")
        if module_of(kind) == _STREAMS and hasattr(obj, "__dict__")
        else None
    )


def channel_numbers(
    senders: int, receivers: int, used: int, size: float
) -> tuple[tuple[str, int], ...]:
    """What is told of a channel in numbers; a buffer without a limit has no size."""
    known = (("open senders", senders), ("open receivers", receivers), ("buffer used", used))
    return known if math.isinf(size) else (*known, ("buffer size", int(size)))


Recogniser = Callable[[Waiting], Found | None]
"""Gives None when the function is another one than it seems."""


@dataclass(slots=True)
class Table:
    """Recognisers by the function of Trio that they know, ``module:qualified.name``."""

    rows: dict[tuple[str, str], Recogniser] = field(default_factory=dict)

    def knows(self, *functions: str) -> Callable[[Recogniser], Recogniser]:
        """Decorate a recogniser with the functions it knows."""

        def add(recogniser: Recogniser) -> Recogniser:
            for function in functions:
                module, _, name = function.partition(":")
                self.rows[module, name] = recogniser
            return recogniser

        return add

    def knows_method(
        self, kind: type[T], function: str
    ) -> Callable[[Callable[[T], Found]], Callable[[T], Found]]:
        """The same for a method of a class, where its object is all that has to be looked at."""

        def add(describe: Callable[[T], Found]) -> Callable[[T], Found]:
            @self.knows(function)
            def recognise(waiting: Waiting) -> Found | None:
                obj = waiting.self
                return describe(obj) if is_a(obj, kind) else None

            return describe

        return add

    def find(self, frame: FrameType) -> Recogniser | None:
        """The recogniser for a frame's function."""
        module = frame.f_globals.get("__name__")
        return self.rows.get((module, frame.f_code.co_qualname)) if module else None
