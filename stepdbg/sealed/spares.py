"""Spare descriptors, for stepdbg's use when the program has used up all others.

Owns: four of them, closing them while stepdbg needs descriptors, and taking them again.
Does not own: what is opened meanwhile.

Their numbers are high, so the program's own descriptors get the numbers that they would get without
stepdbg.  They are closed when the process executes another program.  stepdbg closes one only if it
is still the one that stepdbg opened: the program may have closed all descriptors that it does not
know, and have opened something else under that number.
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
"""The lowest number: above those that most programs use, and below the limits that tests set."""

_FULL = (EMFILE, ENFILE)
_system = SimpleNamespace(**vars(posix))  # fakes of file systems patch names in modules
_kept: list[tuple[int, int, int]] = []
"""Each kept descriptor: its number, and the device and inode that identify it."""


def keep() -> None:
    """Open as many spares as there is room for; called at the start, and again after `give_up`."""
    if _kept:
        return
    try:
        reading, writing = _system.pipe()  # nobody else has its inode
    except OSError:
        return
    _system.close(writing)
    try:
        if reading >= FIRST:  # no lower number is free: this one is a spare already
            _kept.append(_identity_of(reading))
        for number in range(FIRST, FIRST + 4 * COUNT):
            if len(_kept) < COUNT and not _is_open(number):
                _system.dup2(reading, number, False)
                _kept.append(_identity_of(number))
    except OSError:
        pass  # the process may not have so many descriptors
    if reading < FIRST:
        _system.close(reading)


def _identity_of(number: int) -> tuple[int, int, int]:
    found = _system.fstat(number)
    return number, found.st_dev, found.st_ino


def give_up() -> None:
    """Close the descriptors that still belong to stepdbg."""
    while _kept:
        number, device, inode = _kept.pop()
        try:
            if _identity_of(number) == (number, device, inode):
                _system.close(number)
        except OSError:
            continue  # the program has closed it


def is_spare(number: int) -> bool:
    """Whether an open descriptor is a spare."""
    return _identity_of(number) in _kept


def with_room(work: Callable[[], Result]) -> Result:
    """Call `work`; if all descriptors are in use, close the spares and call it once more.

    Returns what it returns, and raises what it raises.
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
    """Close the spares if there are too few free descriptors for a prompt.

    Returns:
        Whether they were closed; `end_room` takes them again.
    """
    if not _kept:
        return False
    opened = []
    try:
        for _ in range(COUNT):
            opened.append(_system.dup(_kept[0][0]))  # noqa: PERF401 - kept if one fails
    except OSError:
        pass
    for each in opened:
        _system.close(each)
    if len(opened) == COUNT:
        return False
    give_up()
    return True


end_room = keep
"""Opens the spares again after `make_room`."""


class room:  # noqa: N801 - used like a function
    """``with room(): ...`` has free descriptors for a prompt in its block."""

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
