"""What a signal handler of the program raises while one of our call-backs runs.

Owns: `guarded_from_entry`, with what it knows of exception tables, and taking our frames off such
an exception.
Does not own: what is raised in the code that the call-backs call (stopping.program_lines guards
that).

CPython runs signal handlers between two instructions of the main thread, so a handler of the
program may raise inside a call-back.  The exception belongs to the program and goes on into it,
without our frames on its traceback.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

from stepdbg.model.signalled import comes_from_signal, without_our_part

Function = TypeVar("Function", bound=Callable[..., Any])


def take_off_our_part(error: BaseException) -> None:
    """Take our frames off an exception that a signal handler has raised in one of them."""
    if comes_from_signal(error):
        without_our_part(error)


def guarded_from_entry(function: Function) -> Function:
    """Let the first handler of a function cover its very first instruction as well.

    That instruction (RESUME) is where CPython runs signal handlers, and it comes before any
    ``try``.  Without this, an exception of a handler that runs there would pass the ``except`` of
    the call-back.  The exception table (Objects/exception_handling_notes.txt) gets one more entry;
    nothing becomes slower.

    Args:
        function: all of its body is in one ``try``.
    """
    if type(function) is FunctionType:
        code = function.__code__
        table = code.co_exceptiontable
        start, rest = _number(table)
        _, rest = _number(rest)
        target, rest = _number(rest)
        depth, _ = _number(rest)
        entry = [*_written(0), *_written(start), *_written(target), *_written(depth)]
        entry[0] |= 0x80
        function.__code__ = code.replace(co_exceptiontable=bytes(entry) + table)
    return function


def moved(table: bytes, at: int, by: int) -> bytes:
    """The table of handlers for code into which new instructions were put.

    Args:
        at: the unit before which they were put.
        by: how many units they have.
    """
    made: list[int] = []
    while table:
        start, table = _number(table)
        length, table = _number(table)
        target, table = _number(table)
        depth, table = _number(table)
        end = start + length
        start += by * (start >= at)
        end += by * (end > at)
        target += by * (target >= at)
        entry = [*_written(start), *_written(end - start), *_written(target), *_written(depth)]
        entry[0] |= 0x80
        made += entry
    return bytes(made)


def _number(table: bytes) -> tuple[int, bytes]:
    """The number that a table begins with, and what follows it."""
    value = at = 0
    while table[at] & 0x40:
        value = value << 6 | table[at] & 0x3F
        at += 1
    return value << 6 | table[at] & 0x3F, table[at + 1 :]


def _written(value: int) -> list[int]:
    """A number as a table holds it: six bits a byte, the highest first."""
    written = [value & 0x3F]
    while value := value >> 6:
        written.insert(0, value & 0x3F | 0x40)
    return written
