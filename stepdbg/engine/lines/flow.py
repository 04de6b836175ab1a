"""Which instructions of a code object can follow which.

Owns: `flow_of`.  Does not own: what the instructions do with variables (foreseeing.liveness).

An instruction is followed by the next one, unless it never goes on; by the target of its jump; and
by its handler in the exception table.  No possible way is missed, but some of them are impossible:
the flow does not consider that a condition is always true, or that an instruction never raises.
"""

from __future__ import annotations

from bisect import bisect_right
from types import CodeType
from typing import Final

from stepdbg.model.once_each import once_for_each
from stepdbg.model.records import dataclass
from stepdbg.model.standard import dis

from .bytecode import JUMPS

LONGEST: Final = 20_000
"""How many instructions a code object may have for stepdbg to read it."""

_NEVER_GO_ON: Final = frozenset(
    (
        *("RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"),
        *("JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"),
    )
)

_RETURN_GENERATOR_PUSHES: Final = dis.stack_effect(dis.opmap["RETURN_GENERATOR"])

LOADS: Final = frozenset(
    (
        *("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_AND_CLEAR", "LOAD_FAST_BORROW"),
        *("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"),
    )
)
"""Instructions that read local variables, those of 3.14 included."""

STORES: Final = frozenset(("STORE_FAST", "STORE_FAST_STORE_FAST", "DELETE_FAST"))
"""Instructions that end the value of a local variable."""

STORE_AND_LOAD: Final = "STORE_FAST_LOAD_FAST"
"""The instruction that stores one variable, then loads another."""

# Of the last two, `dis.haslocal` has LOAD_CLOSURE from 3.12 on (in 3.11 it is for cells), and
# LOAD_DEREF, which reads a cell, from 3.14 on.
_OF_LOCALS: Final = LOADS | STORES | {STORE_AND_LOAD, "LOAD_CLOSURE", "LOAD_DEREF"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A code object that stepdbg cannot follow.

    why: what stepdbg does not know of it.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The instructions of a code object.

    instructions: in their order, caches left out.
    offsets: where each of them begins, in bytes.
    goes_on: by index, the indexes of the instructions that follow it if it does not raise.
    handlers: by index, the index of its exception handler, if it has one.
    kept: by index of a handler, how many values of the stack it finds, and how many values the
        exception has put above them.
    meeting: the indexes to which jumps and exceptions lead.
    """

    instructions: tuple[dis.Instruction, ...]
    offsets: tuple[int, ...]
    goes_on: tuple[tuple[int, ...], ...]
    handlers: tuple[tuple[int, ...], ...]
    kept: dict[int, tuple[int, int]]
    meeting: frozenset[int]

    def index(self, offset: int) -> int:
        """The index of the instruction at an offset, or of the one whose caches are there."""
        return max(0, bisect_right(self.offsets, offset) - 1)

    def next_from(self, offset: int) -> tuple[int, ...]:
        """The indexes of the instructions with which a suspended frame may go on.

        Args:
            offset: the frame's ``f_lasti``; negative if its code has not begun.
        """
        if offset < 0:
            return (0,)
        here = self.index(offset)
        found = dict.fromkeys((*self.goes_on[here], *self.handlers[here]))
        if here and self.instructions[here - 1].opname == "YIELD_VALUE":
            # From 3.13 on, `f_lasti` is after the yield, but exceptions are thrown in at the yield.
            found.update(dict.fromkeys(self.handlers[here - 1]))
        return tuple(found)

    def is_entering(self, offset: int) -> bool:
        """Whether a suspended frame awaits the `__aenter__` of an ``async with``.

        Args:
            offset: the frame's ``f_lasti``.
        """
        if offset < 0:
            return False
        before = reversed(self.instructions[: self.index(offset) + 1])
        awaits = next((each for each in before if each.opname == "GET_AWAITABLE"), None)
        # 1 after `__aenter__`, 2 after `__aexit__`, 0 for a plain `await` (CPython's dis.rst).
        return awaits is not None and awaits.arg == 1

    def depth_before(self, wanted: int) -> int | None:
        """How many values are on the stack before an instruction; None if no way leads to it."""
        # Until 3.12, `dis` does not count the first value that is sent into a generator.  So it is
        # counted from the beginning.
        begins = any(each.opname == "RETURN_GENERATOR" for each in self.instructions[:100])
        known = {0: int(begins and not _RETURN_GENERATOR_PUSHES)}
        todo = [0]
        while todo and wanted not in known:
            here = todo.pop()
            each = self.instructions[here]
            for after in self.goes_on[here]:
                jumps = after != here + 1
                effect = dis.stack_effect(each.opcode, each.arg, jump=jumps)
                if after not in known:
                    known[after] = known[here] + effect
                    todo.append(after)
            for handler in self.handlers[here]:
                if handler not in known:
                    known[handler] = sum(self.kept[handler])
                    todo.append(handler)
        return known.get(wanted)

    def reachable(self, offset: int) -> frozenset[int]:
        """The indexes of all instructions that a frame suspended at an offset may reach."""
        found: set[int] = set()
        todo = list(self.next_from(offset))
        while todo:
            here = todo.pop()
            if here not in found:
                found.add(here)
                todo += (*self.goes_on[here], *self.handlers[here])
        return frozenset(found)


@once_for_each(kept=2_000)
def flow_of(code: CodeType) -> Flow | Unknown:
    """The control flow of a code object; it is worked out once."""
    if len(code.co_code) > 2 * LONGEST:
        return Unknown("it is too long")
    # Not adaptive: the instructions as they were compiled, without the specialised ones.
    bytecode = dis.Bytecode(code, adaptive=False)
    instructions = tuple(bytecode)
    for each in instructions:
        if not _is_known(each):
            return Unknown(f"its instruction {each.opname} is not known")
    at = {each.offset: index for index, each in enumerate(instructions)}
    handlers: list[tuple[int, ...]] = [()] * len(instructions)
    kept: dict[int, tuple[int, int]] = {}
    for entry in bytecode.exception_entries:  # type: ignore[attr-defined]  # typeshed leaves it out
        kept[at[entry.target]] = (
            entry.depth,
            1 + entry.lasti,
        )  # the instruction that raised, the exception
        for offset in range(entry.start, entry.end, 2):
            if offset in at:
                handlers[at[offset]] = (at[entry.target],)
    goes_on = tuple(_goes_on(index, instructions, at) for index in range(len(instructions)))
    jumps = {each for here, found in enumerate(goes_on) for each in found if each != here + 1}
    meeting = frozenset((*jumps, *kept))
    return Flow(instructions, tuple(at), goes_on, tuple(handlers), kept, meeting)


def _is_known(instruction: dis.Instruction) -> bool:
    return instruction.opcode not in dis.haslocal or instruction.opname in _OF_LOCALS


def _goes_on(
    index: int, instructions: tuple[dis.Instruction, ...], at: dict[int, int]
) -> tuple[int, ...]:
    here = instructions[index]
    found = [at[here.argval]] if here.opcode in JUMPS else []
    if here.opname not in _NEVER_GO_ON and index + 1 < len(instructions):
        found.append(index + 1)
    return tuple(found)
