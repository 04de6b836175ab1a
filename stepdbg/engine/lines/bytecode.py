"""The few facts that must be read off instructions.

Owns: what a line table does not say: where a body begins, which lines can be reported,
where line events do not count as steps, which arguments a function calls, and whether a frame is at
its return or at a yield.
Does not own: any event.

All of it reads ``co_code``: CPython builds that with plain opcodes and empty caches, even if it has
specialised or instrumented the code meanwhile.
"""

from __future__ import annotations

import opcode
from types import CodeType, FrameType

from stepdbg.model.standard import dis, sys

_RESUME = opcode.opmap["RESUME"]
RESUME_SIZE = 4 if sys.version_info >= (3, 15) else 2
"""How many bytes a RESUME takes: since 3.15 a cache follows it."""
_RETURN = opcode.opmap["RETURN_VALUE"]
_YIELD = opcode.opmap["YIELD_VALUE"]
_CLEAR = opcode.opmap.get("LOAD_FAST_AND_CLEAR")  # 3.12+: begins an inlined comprehension
JUMPS = frozenset((*dis.hasjrel, *dis.hasjabs)) - {opcode.opmap["END_ASYNC_FOR"]}
"""The instructions that jump.  END_ASYNC_FOR has a place as its argument since 3.14, but does not
jump: it tells tools where the loop awaits.
"""
_RETURN_GENERATOR = opcode.opmap["RETURN_GENERATOR"]
_NULL_FOLLOWS = sys.version_info >= (3, 13)
_CLEANUP_THROW = opcode.opmap.get("CLEANUP_THROW")  # 3.12+: a throw has reached an await


def body_start(code: CodeType) -> int:
    """The offset of the instruction at which a call (the first send) really begins.

    The instructions before it (they make cells and the generator) run no line of the program.  From
    3.15 on, a generator expression has another RESUME before it makes its generator.
    """
    operations = code.co_code[::2]
    made = operations.find(_RETURN_GENERATOR)
    return 2 * max(0, operations.find(_RESUME, max(0, made)))


def silent_ranges(code: CodeType) -> tuple[tuple[int, int], ...]:
    """Where reported lines do not count as steps: first and last offset of each range.

    These are inlined comprehensions, and what 3.13 runs on the line of an ``await`` when an
    exception is thrown in there: that line was reported when the await began.
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


def jumps_back_before(code: CodeType, offset: int) -> bool:
    """Whether a jump backwards leads to an instruction before an offset."""
    return any(
        instruction.opcode in JUMPS
        and instruction.argval < offset
        and instruction.argval <= instruction.offset
        for instruction in dis.get_instructions(code)
    )


def called_arguments(code: CodeType) -> tuple[str, ...]:
    """Which arguments a function calls, in their order.

    A ``PUSH_NULL`` stands next to what is called: before it until 3.12, after it from 3.13 on.
    From 3.14 on, a ``PUSH_NULL`` may also stand for the keywords of ``f(*arguments)``, right before
    that call.
    """
    called: set[object] = set()
    instructions = list(dis.get_instructions(code))
    for first, second, third in zip(instructions, instructions[1:], instructions[2:], strict=False):
        null, loaded = (second, first) if _NULL_FOLLOWS else (first, second)
        if _NULL_FOLLOWS and third.opname == "CALL_FUNCTION_EX":
            continue
        if null.opname == "PUSH_NULL" and loaded.opname.startswith(("LOAD_FAST", "LOAD_DEREF")):
            # From 3.13 on one instruction may load two variables: the last one is on top.
            names = loaded.argval
            called.add(names[-1] if isinstance(names, tuple) else names)
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return tuple(name for name in arguments if name in called)


def line_at(code: CodeType, offset: int) -> int | None:
    """The line of the instruction at an offset (in bytes)."""
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return line
    return None


def is_return(frame: FrameType) -> bool:
    """Whether a frame is at its ``return`` (on 3.11; later Pythons have more such instructions)."""
    return frame.f_code.co_code[frame.f_lasti] == _RETURN


def is_yield(frame: FrameType) -> bool:
    """Whether a frame is where it suspends."""
    return frame.f_code.co_code[frame.f_lasti] == _YIELD


def is_after_yield(frame: FrameType) -> bool:
    """Whether a frame that goes on was at a ``yield``, rather than at an await or delegation.

    The argument of RESUME says so (see `dis`); for a throw, the frame is one instruction before
    RESUME.
    """
    instructions, offset = frame.f_code.co_code, frame.f_lasti
    if instructions[offset] == _YIELD:
        offset += 2
    return instructions[offset] == _RESUME and instructions[offset + 1] & 3 == 1
