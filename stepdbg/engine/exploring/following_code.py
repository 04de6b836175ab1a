"""What each instruction of running code does to what tasks share, and to the values it holds.

Owns: `Followed`, one frame whose instructions are followed as they run.
Does not own: which things there are (things), what instructions do to a stack in general
(foreseeing.effects).

The values on the stack of a running frame cannot be read.  So they are followed from the variables
that they come from.  If that fails, nothing is known about a value.
"""

from __future__ import annotations

from types import CodeType, FrameType
from typing import TYPE_CHECKING, Final

from stepdbg.engine.foreseeing import plain
from stepdbg.engine.foreseeing.effects import ABOVE, EffectTable, apply
from stepdbg.engine.foreseeing.machine import Machine
from stepdbg.engine.foreseeing.symbols import NOTHING, Step, Symbol, together
from stepdbg.engine.lines.flow import Flow, flow_of
from stepdbg.model.accesses import RECEIVES, Raised

from .sharing import Sharing
from .things import CONTAINERS, AccessLog, is_code

if TYPE_CHECKING:
    import dis

_depths: dict[tuple[int, int], tuple[CodeType, int]] = {}
"""How many values are on the stack before an instruction, by the id of the code and its index."""


class Followed(Machine):
    """One frame of own code.

    Args:
        things: notes what is read and written.
        frame: the frame.
        above: the frame that called it, if that is followed as well.

    Attributes:
        given: what own code that it called has returned since its last instruction.
        result: what it returns.
        shared: what it shares with other tasks.
    """

    def __init__(self, things: AccessLog, frame: FrameType, above: Followed | None) -> None:
        super().__init__(frame.f_code, (), {}, {}, {})
        self.given: Symbol | None = None
        self.result = NOTHING
        self._things = things
        before: dict[int, int] = {} if above is None else above.shared.decisions
        self.shared: Sharing = Sharing(things, frame, before)
        self._before: int | None = None
        self._raised = False
        self._received: dict[str, int] = {}  # not read since; the place of the step
        self._cancelled: Raised | None = None

    # -- how it goes on -------------------------------------------------------------------

    def comes_to(self, offset: int) -> None:
        """Follow the instruction at an offset, which is about to run."""
        flow = flow_of(self.code)
        if not isinstance(flow, Flow):
            return
        index = flow.index(offset)
        while flow.instructions[index].opname == "EXTENDED_ARG":
            index += 1
        if index == self._before and flow.offsets[index] == offset != 0:
            before = flow.instructions[index - 1] if index else None
            if before is not None and before.opname == "EXTENDED_ARG":
                return  # it was reported before, together with its EXTENDED_ARG
        self._set_stack(flow, index)
        self._before, self._raised = index, False
        instruction = flow.instructions[index]
        effect = _EFFECTS.rows.get(instruction.opname)
        if effect is None:
            apply(self, instruction)
        else:
            effect(self, instruction)

    def has_raised(self, what: Raised) -> None:
        """Note that the instruction has raised an exception."""
        self._raised, self.given = True, None
        if what.kind == "Cancelled" and self._cancelled is None:
            self._cancelled = what

    def lost(self) -> Raised | None:
        """The cancellation that made the frame lose what it had received; None if none did."""
        if self._cancelled is None:
            return None
        for name, got_at in self._received.items():
            if got_at <= self._cancelled.place:
                return self._cancelled._replace(lost=name, got_at=got_at)
        return None

    def ends(self, offset: int) -> bool:
        """Whether the frame is left for good at an instruction."""
        flow = flow_of(self.code)
        if not isinstance(flow, Flow) or self._raised:
            return True
        index = flow.index(offset)
        names = {flow.instructions[each].opname for each in (index, max(0, index - 1))}
        return "YIELD_VALUE" not in names and "RETURN_GENERATOR" not in names

    def _set_stack(self, flow: Flow, index: int) -> None:
        """Give the stack the height that it has before an instruction; keep what is known of it."""
        depth, stack = self._depth(flow, index), self.stack
        before = self._before
        if before is None or self._raised or not _follows(flow, before, index):
            kept = flow.kept.get(index, (0, 0))[0] if self._raised else 0
            del stack[kept:]
        elif flow.instructions[before].opname == "PRECALL":
            return  # 3.11 says that PRECALL takes the arguments, but CALL does
        elif len(stack) == depth + 1 and flow.instructions[before].opname == "SEND":  # 3.11
            del stack[-2]
        elif len(stack) != depth:  # it has jumped
            del stack[max(0, min(len(stack), depth) - 1) :]
        stack += [NOTHING] * (depth - len(stack))
        given, self.given = self.given, None
        if given is not None and stack:
            stack[-1] = given.loosely()

    def _depth(self, flow: Flow, index: int) -> int:
        key = (id(self.code), index)
        known = _depths.get(key)
        if known is None or known[0] is not self.code:
            known = _depths[key] = self.code, flow.depth_before(index) or 0
        return known[1]

    # -- what `effects` asks for ----------------------------------------------------------

    def load(self, name: object) -> Symbol:
        """A local variable."""
        assert isinstance(name, str)
        self._received.pop(name, None)
        of = self._things.made_of(self.names.get(name, NOTHING))
        return self.shared.symbol(self.shared.local(name), name, of)

    def store(self, name: object, value: Symbol) -> None:
        """Bind a local variable."""
        assert isinstance(name, str)
        self.names[name] = value.loosely()
        self._received.pop(name, None)
        of = self._things.made_of(value)
        if of and self._things.accesses[max(of)].verb in RECEIVES:
            self._received[name] = self._things.place

    def give(self, value: Symbol) -> None:
        """Do nothing: where values go is not followed."""

    def attribute(self, owner: Symbol, name: str, step: Step = Step.ATTRIBUTE) -> Symbol:  # noqa: ARG002
        """Look up an attribute."""
        return self._things.attribute(self.shared, owner, name)

    def call(self, callee: Symbol, arguments: tuple[Symbol, ...], *, known: bool = True) -> Symbol:  # noqa: ARG002
        """Call something."""
        self.keywords = ()
        made_of = self._things.called(self.shared, callee, arguments)
        return together(callee, *arguments, self.shared.symbol(plain.UNKNOWN, "", made_of))


def _follows(flow: Flow, before: int, index: int) -> bool:
    """Whether an instruction can be the one that Python reports next."""
    if index in flow.goes_on[before]:
        return True
    resumes = flow.instructions[index - 1].opname == "RESUME"  # Python does not report that
    return resumes and index - 1 in flow.goes_on[before]


_EFFECTS: Final = EffectTable[Followed]()
_of = _EFFECTS.of


@_of("LOAD_DEREF", "LOAD_CLASSDEREF")
def _load_shared(code: Followed, instruction: dis.Instruction) -> None:
    name = instruction.argval
    obj = code.shared.local(name)
    code.push(code.shared.read(code.shared.variable(name), name, obj))


@_of("STORE_DEREF")
def _store_shared(code: Followed, instruction: dis.Instruction) -> None:
    name, value = instruction.argval, code.pop()
    code.shared.write(code.shared.variable(name), name, value)


@_of("LOAD_SMALL_INT")
def _small(code: Followed, instruction: dis.Instruction) -> None:
    code.push(Symbol(constant=(instruction.argval,)))


@_of("LOAD_GLOBAL", "LOAD_NAME")
def _load_global(code: Followed, instruction: dis.Instruction) -> None:
    name, missing = instruction.argval, plain.UNKNOWN
    called = instruction.opname == "LOAD_GLOBAL" and (instruction.arg or 0) & 1
    found = code.shared.frame.f_globals.get(name, missing)
    if found is missing:
        symbol = code.shared.read(None, name, code.shared.frame.f_builtins.get(name, missing))
    else:
        key = None if is_code(found) else code.shared.global_key(name)
        symbol = code.shared.read(key, name, found)
    code.push(*[NOTHING] * called, symbol)


@_of("STORE_GLOBAL", "STORE_NAME")
def _store_global(code: Followed, instruction: dis.Instruction) -> None:
    value = code.pop()
    code.shared.write(code.shared.global_key(instruction.argval), instruction.argval, value)


@_of("STORE_ATTR")
def _store_attribute(code: Followed, instruction: dis.Instruction) -> None:
    value, owner = code.take(2)
    key, name = code.shared.attribute_key(owner, instruction.argval)
    code.shared.write(key, name, value)


@_of("DELETE_ATTR")
def _delete_attribute(code: Followed, instruction: dis.Instruction) -> None:
    key, name = code.shared.attribute_key(code.pop(), instruction.argval)
    code.shared.write(key, name)


@_of("BINARY_SUBSCR", "BINARY_OP")
def _binary(code: Followed, instruction: dis.Instruction) -> None:
    owner, other = code.take(2)
    if instruction.opname == "BINARY_OP" and instruction.argrepr != "[]":
        code.push(together(owner, other))
        return
    key, name = code.shared.item_key(owner, other)
    if key is None:
        code.push(together(code.shared.read_in(owner), other))
        return
    value = code.shared.known(owner)
    found = plain.UNKNOWN if value is None else plain.item(value.obj, key[-1])
    code.push(code.shared.read(key, name, found, owner))


@_of("STORE_SUBSCR", "DELETE_SUBSCR")
def _store_item(code: Followed, instruction: dis.Instruction) -> None:
    stores = instruction.opname == "STORE_SUBSCR"
    *values, owner, item = code.take(3 if stores else 2)
    key, name = code.shared.item_key(owner, item)
    code.shared.write(key, name, *values)
    value = code.shared.known(owner)
    if value is not None and type(value.obj) in CONTAINERS:
        code.shared.change(value, *values)


@_of("CONTAINS_OP")
def _contains(code: Followed, _: dis.Instruction) -> None:
    item, owner = code.take(2)
    value = code.shared.known(owner)
    key, name = code.shared.item_key(owner, item)
    if value is not None and type(value.obj) is dict and key is not None:
        code.push(code.shared.read(key, name, plain.UNKNOWN, owner).loosely())
    else:
        code.push(together(item, code.shared.read_in(owner)))


@_of("COMPARE_OP", "IS_OP")
def _compare(code: Followed, _: dis.Instruction) -> None:
    code.push(together(*code.take(2)))


@_of("TO_BOOL", "UNARY_NOT")
def _truth(code: Followed, _: dis.Instruction) -> None:
    code.push(code.shared.truth(code.pop()).loosely())


@_of("UNARY_NEGATIVE", "UNARY_INVERT", "FORMAT_SIMPLE", "CONVERT_VALUE")
def _unary(code: Followed, _: dis.Instruction) -> None:
    code.push(code.pop().loosely())


@_of("POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE", "JUMP_IF_TRUE_OR_POP", "JUMP_IF_FALSE_OR_POP")
@_of("POP_JUMP_FORWARD_IF_TRUE", "POP_JUMP_FORWARD_IF_FALSE")
@_of("POP_JUMP_BACKWARD_IF_TRUE", "POP_JUMP_BACKWARD_IF_FALSE")
@_of("POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE")
@_of("POP_JUMP_FORWARD_IF_NONE", "POP_JUMP_FORWARD_IF_NOT_NONE")
@_of("POP_JUMP_BACKWARD_IF_NONE", "POP_JUMP_BACKWARD_IF_NOT_NONE")
def _branch(code: Followed, instruction: dis.Instruction) -> None:
    value = code.pop()
    asks = "NONE" not in instruction.opname
    code.shared.decide(code.shared.truth(value) if asks else value)


@_of("SEND")
def _send(code: Followed, _: dis.Instruction) -> None:
    code.pop()
    below = 1 + len(ABOVE)
    ends = code.stack[-below].loosely() if len(code.stack) >= below else NOTHING
    code.push(ends)  # the result, at the end


@_of("GET_ITER")
def _iterate(code: Followed, _: dis.Instruction) -> None:
    code.push(code.shared.read_in(code.pop()), *ABOVE)


@_of("RETURN_VALUE")
def _return(code: Followed, _: dis.Instruction) -> None:
    code.result = code.pop()
