"""Descriptors kept for a moment at which the program has used up all of them.

Owns: four of them, giving them up while something of ours needs room, and taking them back.
Does not own: what is opened in that room.

Their numbers are high, so the program's own descriptors get the numbers that they would get without
stepdbg.  They are closed when the process executes another program.  We close one only if it still
is what we opened: the program may have closed all descriptors that it does not know, and have
opened something else under that number.
"""

from __future__ import annotations

import posix
from errno import EMFILE, ENFILE
from types import SimpleNamespace

from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")

COUNT = 4
"""A prompt at a terminal needs three: the terminal, the loop's selector, its pipe."""

FIRST = 28
"""Above what most programs ever open, and below the limits that are set to test a program."""

_FULL = (EMFILE, ENFILE)
_system = SimpleNamespace(**vars(posix))  # what fakes file systems looks through names of modules
_kept: list[tuple[int, int, int]] = []
"""Each kept descriptor: its number, and the device and inode that identify it."""


def keep() -> None:
    """Have all of them, as far as there is room; called at the start, and again after `give_up`."""
    if _kept:
        return
    try:
        reading, writing = _system.pipe()  # nobody else has its inode
    except OSError:
        return
    _system.close(writing)
    try:
        if reading >= FIRST:  # none below is free: this one must stay
            _kept.append(_told(reading))
        for number in range(FIRST, FIRST + 4 * COUNT):
            if len(_kept) < COUNT and not _is_open(number):
                _system.dup2(reading, number, False)
                _kept.append(_told(number))
    except OSError:
        pass  # the limit is lower
    if reading < FIRST:
        _system.close(reading)


def _told(number: int) -> tuple[int, int, int]:
    found = _system.fstat(number)
    return number, found.st_dev, found.st_ino


def give_up() -> None:
    """Close the descriptors that still belong to stepdbg."""
    while _kept:
        number, device, inode = _kept.pop()
        try:
            if _told(number) == (number, device, inode):
                _system.close(number)
        except OSError:
            continue  # the program has closed it


def is_spare(number: int) -> bool:
    """Whether an open descriptor is one of those."""
    return _told(number) in _kept


def with_room(work: Callable[[], Result]) -> Result:
    """Do some work of stepdbg's, and make room for it if all descriptors are in use.

    Returns: what it gives.  Raises: what it raises.
    """
    try:
        return work()
    except OSError as error:
        if error.errno not in _FULL or not _kept:
            raise
    give_up()
    try:
        return work()
    finally:
        keep()


def make_room() -> bool:
    """Make room for a prompt if there is none, as far as giving up all of them makes it.

    One call where there is room, since it comes before every stop.

    Returns: whether any was given up; `end_room` takes it back.
    """
    if not _kept:
        return False
    opened = []
    try:
        for _ in range(COUNT):
            opened.append(_system.dup(_kept[0][0]))  # noqa: PERF401 - those made count
    except OSError:
        pass
    for each in opened:
        _system.close(each)
    if len(opened) == COUNT:
        return False
    give_up()
    return True


end_room = keep
"""Takes back what `make_room` has given up."""


class room:  # noqa: N801 - used like a function
    """``with room(): ...`` has room for a prompt in its block."""

    def __enter__(self) -> None:
        self._made = make_room()

    def __exit__(self, *_: object) -> None:
        if self._made:
            end_room()


def _is_open(number: int) -> bool:
    try:
        _system.fstat(number)
    except OSError:
        return False
    return True
