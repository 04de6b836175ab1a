"""Hearing of some functions of a library whenever one of them begins.

Owns: `hear_starts`, and how Python 3.11 does it: with a call in the functions' code.
Does not own: which functions, or what follows; how later Pythons do it (monitored_starts).

3.11 has only the events of `sys.settrace`, which make every function slower.  So a function gets
another code object meanwhile: it first calls stepdbg, then come the same instructions on the same
lines.  The function object, its signature and its tracebacks stay as they are.  A wrapper around
the function could not do that, because a wrapper has a frame of its own, which tracebacks would
show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType, FrameType, FunctionType
from typing import Protocol

from stepdbg.model.depth import missed
from stepdbg.model.standard import sys

from .signals import guarded_from_entry, moved, take_off_our_part

StartCallback = Callable[[FrameType], bool | None]
"""Called with the frame of a function that begins; True: do not report this function again.

The only exception of its own that it may raise is a RecursionError.
"""

ReplacedCodeCallback = Callable[[FunctionType, CodeType], None]
"""Called with a function whose code was replaced, and with its code before.

Anything noted about the one code object must then be noted about the other one as well.
"""


HEARING = "hearing of a function that begins"
"""Names what was left out because too few frames were left."""


class Hearing(Protocol):
    """Reports functions that begin, until it is closed."""

    @property
    def on(self) -> bool: ...
    def again(self) -> None: ...
    def close(self) -> None: ...


def hear_starts(
    functions: Iterable[FunctionType], on_start: StartCallback, renewed: ReplacedCodeCallback
) -> Hearing:
    """Call `on_start` whenever one of some functions begins; a coroutine begins at its first step.

    Raises `LinesUnavailable` when other tools hold every monitoring id.
    """
    if sys.version_info >= (3, 12):
        from .monitored_starts import MonitoredStarts

        return MonitoredStarts([each.__code__ for each in functions], on_start, HEARING)
    return SwappedCodes(functions, on_start, renewed)


class SwappedCodes:
    """Reports functions that begin on Python 3.11, by replacing their code until `close`.

    Args: as for `hear_starts`.
    """

    def __init__(
        self,
        functions: Iterable[FunctionType],
        on_start: StartCallback,
        renewed: ReplacedCodeCallback,
    ) -> None:
        self.on = True
        self._on_start = on_start
        self._swapped: list[tuple[FunctionType, CodeType, CodeType]] = []
        self._told_enough: list[tuple[FunctionType, CodeType, CodeType]] = []
        begun = self._caller()
        for function in functions:
            before = function.__code__
            code = with_call(before, begun)
            if code is not None:
                function.__code__ = code
                renewed(function, before)
                self._swapped.append((function, before, function.__code__))

    def _caller(self) -> Callable[[], None]:
        @guarded_from_entry
        def begun() -> None:
            try:
                if self.on:  # else code that was replaced later still calls it
                    frame = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
                    if self._on_start(frame):
                        self._give_back(frame.f_code)
            except RecursionError:  # the program has hardly a frame left
                missed.append(HEARING)
            except BaseException as error:
                take_off_our_part(error)
                raise

        return begun

    def again(self) -> None:
        """Report all of the functions again, even if `on_start` has returned True for some."""
        while self._told_enough:
            function, before, ours = self._told_enough.pop()
            if function.__code__ is before:
                function.__code__ = ours
                self._swapped.append((function, before, ours))

    def close(self) -> None:
        """Give the functions their code back; may be called twice."""
        self.on = False
        self._give_back(None)
        self._told_enough.clear()

    def _give_back(self, code: CodeType | None) -> None:
        """Give the function that has this code its own back; None: all of them."""
        for each in list(self._swapped):
            function, before, ours = each
            if code is None or ours is code:
                self._swapped.remove(each)
                self._told_enough.append(each)
                if function.__code__ is ours:  # else something else has changed it meanwhile
                    function.__code__ = before


_CACHES = {"PRECALL": 1, "CALL": 4}
"""Units that follow an instruction of 3.11 for the interpreter's own use (Lib/opcode.py)."""

_UNIT = 2
"""Bytes of an instruction."""

_NO_LOCATION = 15
_MOST_UNITS = 8
"""Units that one entry of a table of lines covers at most (Objects/locations.md)."""


def with_call(code: CodeType, called: Callable[[], None]) -> CodeType | None:
    """Code of Python 3.11 that calls a function first, and is the same otherwise.

    None if its tables are not as expected: such code is better left alone.
    """
    import opcode  # only 3.11 comes here

    numbers = opcode.opmap
    at = _after_resume(code.co_code, numbers["RESUME"])
    lines = None if at is None else _entry_at(code.co_linetable, at // _UNIT)
    if at is None or lines is None:
        return None
    index = len(code.co_consts)
    call = bytearray()
    for name, argument in (
        ("PUSH_NULL", 0),
        *((("EXTENDED_ARG", index >> 8),) if index > 0xFF else ()),
        ("LOAD_CONST", index & 0xFF),
        ("PRECALL", 0),
        ("CALL", 0),
        ("POP_TOP", 0),
    ):
        call += bytes((numbers[name], argument)) + bytes(_UNIT * _CACHES.get(name, 0))
    table = code.co_linetable
    return code.replace(
        co_code=code.co_code[:at] + bytes(call) + code.co_code[at:],
        co_consts=(*code.co_consts, called),
        co_stacksize=max(code.co_stacksize, 2),
        co_exceptiontable=moved(code.co_exceptiontable, at // _UNIT, len(call) // _UNIT),
        co_linetable=table[:lines] + _no_lines(len(call) // _UNIT) + table[lines:],
    )


def _after_resume(instructions: bytes, resume: int) -> int | None:
    """Where the body begins: after the instructions that make a frame, or a coroutine."""
    for at in range(0, len(instructions), _UNIT):
        if instructions[at] == resume:
            return at + _UNIT
    return None


def _entry_at(table: bytes, unit: int) -> int | None:
    """Where the entry for a unit begins in a table of lines; None if no entry begins at that unit.

    The first byte of an entry has its highest bit set, no other has (Objects/locations.md).
    """
    covered = 0
    for at, byte in enumerate(table):
        if byte & 0x80:
            if covered == unit:
                return at
            covered += (byte & 0x07) + 1
    return None


def _no_lines(units: int) -> bytes:
    """Entries for instructions that belong to no line."""
    made = bytearray()
    while units:
        some = min(units, _MOST_UNITS)
        made.append(0x80 | _NO_LOCATION << 3 | some - 1)
        units -= some
    return bytes(made)
