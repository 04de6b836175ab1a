"""What the steps of a run read and write.

Owns: `Access`, `Raised`, `Touched`.
Does not own: noting them (engine.exploring.touching), what they mean (launcher.exploring.meaning).
"""

from __future__ import annotations

from typing import Any, Final

from stepdbg.model.records import NamedTuple

CHANGES = "changes"
"""The verb for a container when one of its items is written; that item need not matter."""


RECEIVES: Final = ("receive", "receive_nowait", "receive_some", "recv", "accept")
"""Methods whose result then exists nowhere else."""


class Access(NamedTuple):
    """A step reads, writes or calls something that other tasks can reach.

    place: the position of the step in the log of its run, from 0.
    thing: a number; two accesses with the same number touch the same variable, attribute, item
        or object.
    name: the thing, as the code spells it.
    verb: ``reads``, ``writes``, `CHANGES`, or the name of the method that is called.
    writes: whether the thing may have changed afterwards.
    kind: the name of the class, if the thing is an object of Trio's.
    line: where it happens, as ``file.py:12``.
    of: the accesses from which the written or called value was computed, by their places in the
        list of all accesses.
    under: the accesses that decided that this one happens, such as those in an ``if``.
    """

    place: int
    thing: int
    name: str
    verb: str
    writes: bool
    kind: str
    line: str
    of: tuple[int, ...]
    under: tuple[int, ...]


class Raised(NamedTuple):
    """An exception arrives in a frame of the program's own.

    place: the position of the step in the log.
    kind: the name of its type.
    line: where.
    lost: a variable that holds a received item and that the frame does not use any more.
    got_at: the position of the step in which the frame received that item.
    """

    place: int
    kind: str
    line: str
    lost: str = ""
    got_at: int = 0


class Touched(NamedTuple):
    """What all steps of a run do.

    complete: whether nothing was left out.
    """

    accesses: tuple[Access, ...] = ()
    raised: tuple[Raised, ...] = ()
    complete: bool = True

    def plain(self) -> tuple[object, ...]:
        """The same as plain values that `marshal` can write."""
        return tuple(map(tuple, self.accesses)), tuple(map(tuple, self.raised)), self.complete


def touched_of(plain: tuple[Any, ...]) -> Touched:
    """The `Touched` from which `Touched.plain` made these values."""
    accesses, raised, complete = plain
    return Touched(
        tuple(Access(*each) for each in accesses), tuple(Raised(*each) for each in raised), complete
    )
