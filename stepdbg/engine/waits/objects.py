"""What recognisers are given, and what they find.

Owns: `Waiting` (a blocked task with its frames) and `Found`.
Does not own: the recognising (recognisers) or the picture made of it (chain).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType

from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals.frame_values import peek_at
from stepdbg._trio_internals.waits import State
from stepdbg.model.records import dataclass, field
from stepdbg.model.waits import Ending, WaitKind


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
    wakers: who could end it, where Trio says so; None: whoever has `keys` in their variables.
    keys: whether an object gives its holder the power to end the wait.
    made, held: what the recorder may know by.
    """

    kind: WaitKind
    ending: Ending
    obj: object = None
    what: str = ""
    aliases: tuple[object, ...] = ()
    holders: tuple[Task, ...] = ()
    wakers: tuple[Task, ...] | None = ()
    keys: Callable[[object], bool] | None = None
    waiters: int = 1
    numbers: tuple[tuple[str, int], ...] = ()
    detail: str = ""
    made: State | None = None
    held: ParkingLot | None = None
    thread: object = None


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

    def find(self, frame: FrameType) -> Recogniser | None:
        """The recogniser for a frame's function."""
        module = frame.f_globals.get("__name__")
        return self.rows.get((module, frame.f_code.co_qualname)) if module else None
