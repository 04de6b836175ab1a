"""The input and the results of recognisers.

Owns: `Waiting` (a blocked task with its frames) and `Found`.
Does not own: recognising waits (recognisers), or making pictures of them (chain).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import TypeVar

from trio import MemoryReceiveChannel, MemorySendChannel
from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals import tasks
from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg._trio_internals.waits import State, channel_state
from stepdbg.engine.foreseeing.plain import module_of
from stepdbg.model.records import dataclass, field, replace
from stepdbg.model.standard import math
from stepdbg.model.task import WaitKind
from stepdbg.model.wait_kinds import WAITS, WaitRow
from stepdbg.model.waits import Ending

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A blocked task in a function of Trio.

    frame: that function's frame.
    inner: the frames that it has called, innermost first.
    """

    task: Task
    frame: FrameType
    inner: Sequence[FrameType]

    def local(self, name: str) -> object:
        """A local variable of the function; None if it is not bound."""
        return peek_at(self.frame, name)

    @property
    def self(self) -> object:
        """The object whose method the function is."""
        return self.local("self")


@dataclass(frozen=True, slots=True)
class Found:
    """What a task waits for, with live objects.

    obj: the object that it waits for.
    what: its type in words.
    aliases: other objects whose names may be used for it (a condition for its lock).
    holders: the tasks that have what it waits for; at the end those whose threads have it.
    lent: borrowers that are no tasks.
    wakers: the tasks that could end it, if Trio knows them.
    keys: tells whether a task that has an object can end the wait with it; the tasks' variables
        show which tasks have such an object.
    mates: returns the tasks that wait for the same, including this one, if Trio knows them.
    made, held: keys of the recorder's notes; `made` is what both ends of a channel share.
    power: the object with which a task can end the wait, if that is neither `obj` nor `made`.
    outside: whether something outside of the run could also end this wait.
    """

    kind: WaitKind
    obj: object = None
    what: str = ""
    aliases: tuple[object, ...] = ()
    holders: tuple[Task, ...] = ()
    lent: tuple[object, ...] = ()
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

    def with_threads(self, lenders: Mapping[int, Task]) -> Found:
        """The same wait, with the tasks whose threads are borrowers.

        lenders: tasks whose threads have borrowed something, by the `id` of the borrower.
        """
        for_threads = [lenders[id(each)] for each in self.lent if id(each) in lenders]
        for_threads.sort(key=tasks.number)  # Trio keeps borrowers in no order
        rest = len(self.lent) - len(for_threads)
        others = (("threads", len(for_threads)), ("other borrowers", rest))
        numbers = (*self.numbers, *(each for each in others if each[1]))
        return replace(self, holders=(*self.holders, *for_threads), numbers=numbers)

    @property
    def key(self) -> int:
        """The `id` of what its holder can end the wait with."""
        if self.power is not None:
            return id(self.power)
        return id(self.obj if self.made is None else self.made)

    @property
    def row(self) -> WaitRow:
        """The row of the table with what all waits of this kind have in common."""
        return WAITS[self.kind]

    @property
    def ending(self) -> Ending:
        """Who could end the wait."""
        return Ending.OUTSIDE if self.outside else self.row.ending


_STREAMS = "anyio.streams.memory"


def shared_by_ends(obj: object) -> object | None:
    """The object that both ends of a channel, or of an anyio memory stream, share.

    None for any other object.  This runs no code of the program.
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
    """The numbers of a channel; a buffer without a limit has no size."""
    known = (("open senders", senders), ("open receivers", receivers), ("buffer used", used))
    return known if math.isinf(size) else (*known, ("buffer size", int(size)))


Recogniser = Callable[[Waiting], Found | None]
"""A function that reads a wait; it returns None if this is not the function it looks like."""


@dataclass(slots=True)
class Table:
    """Recognisers, by the functions that they know, as ``module:qualified.name``."""

    rows: dict[tuple[str, str], Recogniser] = field(default_factory=dict)

    def knows(self, *functions: str) -> Callable[[Recogniser], Recogniser]:
        """Decorator: register a recogniser for these functions."""

        def add(recogniser: Recogniser) -> Recogniser:
            for function in functions:
                module, _, name = function.partition(":")
                self.rows[module, name] = recogniser
            return recogniser

        return add

    def knows_method(
        self, kind: type[T], function: str
    ) -> Callable[[Callable[[T], Found]], Callable[[T], Found]]:
        """The same for a method, whose object is all that the recogniser needs."""

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
