"""Which exceptions a frame has caught and not yet dealt with, as far as its code tells.

Owns: reading the exception table of a code object.
Does not own: the exceptions themselves (failing.pending), other facts of instructions (bytecode).

CPython compiles the handler of a ``try`` or ``with`` between ``PUSH_EXC_INFO`` and ``POP_EXCEPT``,
and guards it by a clean-up that begins with ``COPY 3; POP_EXCEPT`` (``POP_EXCEPT_AND_RERAISE`` in
compile.c, 3.11 and later).  So the clean-ups that guard an instruction, one inside the other, are
the handlers that it is inside of; the format of the table is in exception_handling_notes.txt.
"""

from __future__ import annotations

import opcode
from collections.abc import Iterator
from types import CodeType

from stepdbg.model.records import NamedTuple

_PUSH = opcode.opmap["PUSH_EXC_INFO"]
_POP = opcode.opmap["POP_TOP"]
_COPY = opcode.opmap["COPY"]
_POP_EXCEPT = opcode.opmap["POP_EXCEPT"]
_WITH = opcode.opmap["WITH_EXCEPT_START"]
_MATCHES = frozenset((opcode.opmap["CHECK_EXC_MATCH"], opcode.opmap["CHECK_EG_MATCH"]))
_PASSES_ON = frozenset((_PUSH, _WITH, opcode.opmap["RERAISE"]))


class _Guarded(NamedTuple):
    """Instructions from `start` to before `end` (offsets in bytes) that a handler guards."""

    start: int
    end: int
    target: int


def handlers_around(code: CodeType, offset: int) -> tuple[bool, ...]:
    """The handlers that an instruction is inside of, innermost first.

    Args:
        code: of any function.
        offset: of the instruction, as in ``f_lasti``; -1 is inside of none.

    Returns:
        For each handler whether it is an ``except``, which deals with its exception; False for a
        ``finally`` and for the way out of a ``with``, which let it go on afterwards.
    """
    table = tuple(_table(code.co_exceptiontable))
    found: list[bool] = []
    for _ in table:
        guard = next((each for each in table if each.start <= offset < each.end), None)
        if guard is None:
            break
        if _is_clean_up(code.co_code, guard.target):
            start = min(each.start for each in table if each.target == guard.target)
            found.append(_is_except(code.co_code, start))
        offset = guard.target
    return tuple(found)


def _is_clean_up(instructions: bytes, offset: int) -> bool:
    return instructions[offset : offset + 3] == bytes((_COPY, 3, _POP_EXCEPT))


def _is_except(instructions: bytes, start: int) -> bool:
    """Whether a handler tests the type of the exception, or takes any (``except:``)."""
    begin = start + 2 if instructions[start] == _PUSH else start
    if instructions[begin] == _POP:
        return True
    for each in instructions[begin::2]:
        if each in _MATCHES:
            return True
        if each in _PASSES_ON:
            return False
    return False


def _table(packed: bytes) -> Iterator[_Guarded]:
    """The entries of an exception table."""
    numbers = _numbers(packed)
    for start in numbers:
        length, target, _ = next(numbers), next(numbers), next(numbers)
        yield _Guarded(2 * start, 2 * (start + length), 2 * target)


def _numbers(packed: bytes) -> Iterator[int]:
    """Numbers of six bits a byte, the highest bits first; bit 6 says that more bytes follow."""
    number = 0
    for byte in packed:
        number = (number << 6) | (byte & 0x3F)
        if not byte & 0x40:
            yield number
            number = 0
