"""The few facts that must be read off instructions.

Owns: what a line table does not say: where a body begins, which lines can be reported,
where lines come that are no steps, and whether a yield hands a value to a consumer.
Does not own: any event.

``co_code`` is used throughout: CPython gives it with plain opcodes and empty caches
whatever has been specialised or instrumented meanwhile.
"""

from __future__ import annotations

import dis
import opcode
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE
from types import CodeType, FrameType

_RESUME = opcode.opmap["RESUME"]
_RETURN = opcode.opmap["RETURN_VALUE"]
_YIELD = opcode.opmap["YIELD_VALUE"]
_CACHE = opcode.opmap["CACHE"]
_SEND = opcode.opmap["SEND"]
_CLEAR = opcode.opmap.get("LOAD_FAST_AND_CLEAR")  # 3.12+: begins an inlined comprehension
_CLEANUP_THROW = opcode.opmap.get("CLEANUP_THROW")  # 3.12+: a throw has reached an await
_AWAITERS = CO_COROUTINE | CO_ASYNC_GENERATOR | CO_ITERABLE_COROUTINE


def body_start(code: CodeType) -> int:
    """The offset of the instruction at which a call (the first send) really begins.

    What is before it (cells, making the generator) runs no line of the program.
    """
    instructions = code.co_code
    for offset in range(0, len(instructions), 2):
        if instructions[offset] == _RESUME:
            return offset
    return 0


def silent_ranges(code: CodeType) -> tuple[tuple[int, int], ...]:
    """Where lines are reported that are no steps: first and last offset of each range.

    Inlined comprehensions, and what 3.13 runs on the line of an ``await`` when an
    exception is thrown in there: the line has been reported when the await began.
    """
    if _CLEANUP_THROW is None or _CLEANUP_THROW not in code.co_code[::2]:
        return comprehensions(code)
    instructions = code.co_code
    throws = [i for i in range(0, len(instructions), 2) if instructions[i] == _CLEANUP_THROW]
    return (*comprehensions(code), *((offset, offset) for offset in throws))


def comprehensions(code: CodeType) -> tuple[tuple[int, int], ...]:
    """Where inlined comprehensions are: first and last offset of each, outermost only.

    Empty on 3.11, where a comprehension is a function.
    """
    if _CLEAR is None or _CLEAR not in code.co_code[::2]:
        return ()
    found: list[tuple[int, int]] = []
    instructions = list(dis.get_instructions(code))
    for index, instruction in enumerate(instructions):
        start = instruction.offset
        if instruction.opname == "LOAD_FAST_AND_CLEAR" and (not found or start > found[-1][1]):
            found.append((start, _loop_end(instructions[index:])))
    return tuple(found)


def _loop_end(instructions: list[dis.Instruction]) -> int:
    """The offset of the last jump back to the first loop of some instructions."""
    head = next((i for i in instructions if i.opname in {"FOR_ITER", "GET_ANEXT"}), None)
    if head is None:
        return instructions[0].offset
    return max(
        (i.offset for i in instructions if i.opname == "JUMP_BACKWARD" and i.argval == head.offset),
        default=head.offset,
    )


def line_at(code: CodeType, offset: int) -> int | None:
    """The line of the instruction at an offset (in bytes)."""
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return line
    return None


def is_return(frame: FrameType) -> bool:
    """Whether a frame is at its ``return`` (3.11; later ones have more such instructions)."""
    return frame.f_code.co_code[frame.f_lasti] == _RETURN


def is_yield(frame: FrameType) -> bool:
    """Whether a frame is where it suspends."""
    return frame.f_code.co_code[frame.f_lasti] == _YIELD


def is_after_yield(frame: FrameType) -> bool:
    """Whether a frame that goes on was at a ``yield``, rather than at an await or delegation.

    RESUME says so (its argument is documented in `dis`); a throw is told one instruction
    before it.
    """
    instructions, offset = frame.f_code.co_code, frame.f_lasti
    if instructions[offset] == _YIELD:
        offset += 2
    return instructions[offset] == _RESUME and instructions[offset + 1] & 3 == 1


def suspends(frame: FrameType, value: object) -> bool:
    """Whether a frame in `on_yield` only waits, rather than hand a value to a consumer.

    True for an ``await`` at any depth; False for the ``yield`` of a generator or an
    async generator, after which the consumer is the one to go on.
    """
    flags = frame.f_code.co_flags
    if flags & CO_ASYNC_GENERATOR:
        # CPython wraps what an async generator yields to tell it from what it awaits.
        return type(value).__name__ != "async_generator_wrapped_value"
    if flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE):
        return True
    return bool(flags & CO_GENERATOR) and _is_awaited(frame)


def _is_awaited(frame: FrameType) -> bool:
    """Whether the caller of a plain generator (some ``__await__``) awaits it."""
    caller = frame.f_back
    while caller is not None and caller.f_code.co_flags & _AWAITERS == 0:
        if not caller.f_code.co_flags & CO_GENERATOR or not _delegates(caller):
            return False
        caller = caller.f_back
    return caller is not None and _delegates(caller)


def _delegates(frame: FrameType) -> bool:
    """Whether a frame is at an ``await`` or a ``yield from``."""
    instructions, offset = frame.f_code.co_code, frame.f_lasti
    while offset > 0 and instructions[offset] == _CACHE:  # 3.12 points behind the instruction
        offset -= 2
    return instructions[offset] == _SEND
