"""What each instruction does to the values on the stack and to variables.

Owns: `apply`, and `EFFECTS`, by the name of the instruction.
Does not own: the state (machine), the order in which instructions run (uses).

The effects are those that `dis` documents, for 3.11 to 3.15.  An instruction that is not in the
table takes from the stack and puts there as many values as `dis.stack_effect` says, and is noted as
a use of all that it takes.

Longer than most modules: there are many instructions.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Final, Generic, TypeAlias, TypeVar

from stepdbg.model.standard import dis, sys

from .machine import ENTERS, Escaped, Machine, Made
from .symbols import GAP, NOTHING, Root, Step, Symbol, together, variable

_IS_311: Final = sys.version_info < (3, 12)
_SINCE_313: Final = sys.version_info >= (3, 13)
_SINCE_314: Final = sys.version_info >= (3, 14)
_SINCE_315: Final = sys.version_info >= (3, 15)  # an iterator has an index or NULL above it


M = TypeVar("M", bound=Machine)
Effect: TypeAlias = Callable[[M, dis.Instruction], None]


class EffectTable(Generic[M]):
    """What instructions do to a kind of machine, by their names.

    Attributes:
        rows: the effects.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Effect[M]] = {}

    def of(self, *operations: str) -> Callable[[Effect[M]], Effect[M]]:
        """Decorate what some instructions do with their names."""

        def add(effect: Effect[M]) -> Effect[M]:
            self.rows.update(dict.fromkeys(operations, effect))
            return effect

        return add


EFFECTS: Final = EffectTable[Machine]()
_of = EFFECTS.of


def apply(machine: Machine, instruction: dis.Instruction) -> None:
    """Do what an instruction does if it goes on to the next one instead of jumping."""
    where = instruction.positions
    if where is not None and where.lineno:
        machine.line = where.lineno
    effect = EFFECTS.rows.get(instruction.opname)
    if effect is not None:
        effect(machine, instruction)
        return
    change = dis.stack_effect(instruction.opcode, instruction.arg, jump=False)
    if change > 0:
        machine.push(*[NOTHING] * change)
        return
    for each in machine.take(1 - change):
        machine.give(each)
    machine.push(NOTHING)


def _plain(takes: int, gives: int) -> Effect[Machine]:
    """The effect of instructions that do nothing with the values that they take."""

    def effect(machine: Machine, _: dis.Instruction) -> None:
        machine.take(takes)
        machine.push(*[NOTHING] * gives)

    return effect


_of("RESUME", "NOP", "CACHE", "PRECALL", "MAKE_CELL", "COPY_FREE_VARS", "SETUP_ANNOTATIONS")(
    _plain(0, 0)
)
_of("JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "NOT_TAKEN")(_plain(0, 0))
_of("DELETE_GLOBAL", "DELETE_NAME", "RETURN_CONST", "EXTENDED_ARG")(_plain(0, 0))
_of("PUSH_NULL")(lambda machine, _: machine.push(GAP))
_of("LOAD_CLOSURE", "LOAD_SMALL_INT")(_plain(0, 1))
_of("RETURN_GENERATOR")(_plain(0, dis.stack_effect(dis.opmap["RETURN_GENERATOR"])))
_of("LOAD_BUILD_CLASS", "LOAD_ASSERTION_ERROR", "LOAD_LOCALS")(_plain(0, 1))
_of("POP_TOP", "POP_EXCEPT", "RERAISE", "DELETE_ATTR", "IMPORT_STAR")(_plain(1, 0))
_of("POP_ITER")(_plain(2 if _SINCE_315 else 1, 0))
_of(*(each for each in dis.opmap if each.startswith(("POP_JUMP_", "JUMP_IF_"))))(_plain(1, 0))
_of("UNARY_NOT", "UNARY_NEGATIVE", "UNARY_INVERT", "TO_BOOL", "CONVERT_VALUE")(_plain(1, 1))
_of("FORMAT_SIMPLE")(_plain(1, 1))
_of("FORMAT_VALUE")(  # until 3.12; the format is on top, if there is one
    lambda machine, each: _plain(2 if (each.arg or 0) & 4 else 1, 1)(machine, each)
)
_of("COMPARE_OP", "IS_OP", "CONTAINS_OP", "IMPORT_NAME", "FORMAT_WITH_SPEC")(_plain(2, 1))
_of("DELETE_SUBSCR", "END_ASYNC_FOR")(_plain(2, 0))
_of("CHECK_EXC_MATCH")(_plain(1, 1))
_of("PUSH_EXC_INFO")(lambda machine, _: machine.push(machine.pop(), NOTHING))
_of("END_FOR")(_plain(1 if _SINCE_313 else 2, 0))
_of("IMPORT_FROM", "GET_LEN", "MATCH_MAPPING", "MATCH_SEQUENCE")(_plain(0, 1))


@_of("LOAD_CONST", "LOAD_CONST_IMMORTAL", "LOAD_COMMON_CONSTANT")  # 3.15 loads None by the last
def _constant(machine: Machine, instruction: dis.Instruction) -> None:
    machine.push(Symbol(constant=(instruction.argval,)))


@_of("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_DEREF", "LOAD_CLASSDEREF")
@_of("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW")
def _load(machine: Machine, instruction: dis.Instruction) -> None:
    machine.push(*map(machine.load, _names(instruction)))


def _names(instruction: dis.Instruction) -> tuple[object, ...]:
    named = instruction.argval
    return named if isinstance(named, tuple) else (named,)


@_of("LOAD_FAST_AND_CLEAR")
def _load_and_clear(machine: Machine, instruction: dis.Instruction) -> None:
    machine.push(machine.load(instruction.argval))
    machine.store(instruction.argval, NOTHING)


@_of("STORE_FAST", "STORE_DEREF", "STORE_FAST_STORE_FAST")
def _store(machine: Machine, instruction: dis.Instruction) -> None:
    for name in _names(instruction):
        machine.store(name, machine.pop())


@_of("STORE_FAST_LOAD_FAST")
def _store_and_load(machine: Machine, instruction: dis.Instruction) -> None:
    stored, loaded = _names(instruction)
    machine.store(stored, machine.pop())
    machine.push(machine.load(loaded))


@_of("DELETE_FAST", "DELETE_DEREF")
def _delete(machine: Machine, instruction: dis.Instruction) -> None:
    machine.store(instruction.argval, NOTHING)


@_of("LOAD_GLOBAL")
def _global(machine: Machine, instruction: dis.Instruction) -> None:
    found = [variable(Root.GLOBAL, instruction.argval)]
    if (instruction.arg or 0) & 1:  # it will be called
        found.insert(1 if _SINCE_313 else 0, GAP)
    machine.push(*found)


@_of("LOAD_NAME")
def _name(machine: Machine, instruction: dis.Instruction) -> None:
    machine.push(variable(Root.GLOBAL, instruction.argval))


@_of("LOAD_FROM_DICT_OR_DEREF", "LOAD_FROM_DICT_OR_GLOBALS")
def _name_in_class(machine: Machine, instruction: dis.Instruction) -> None:
    machine.pop()
    machine.push(machine.load(instruction.argval))


@_of("STORE_GLOBAL", "STORE_NAME", "YIELD_VALUE", "RAISE_VARARGS", "RETURN_VALUE")
def _give(machine: Machine, instruction: dis.Instruction) -> None:
    if instruction.opname == "RETURN_VALUE":
        value = machine.pop()
        if value.paths:
            machine.uses[Escaped(value.plainly(), machine.line, returned=True)] = None
        return
    takes = (instruction.arg or 0) if instruction.opname == "RAISE_VARARGS" else 1
    for each in machine.take(takes):
        machine.give(each)
    if instruction.opname == "YIELD_VALUE":
        machine.push(NOTHING)


@_of("COPY")
def _copy(machine: Machine, instruction: dis.Instruction) -> None:
    depth = instruction.arg or 1
    machine.push(machine.stack[-depth] if depth <= len(machine.stack) else NOTHING)


@_of("SWAP")
def _swap(machine: Machine, instruction: dis.Instruction) -> None:
    depth, stack = instruction.arg or 1, machine.stack
    if depth <= len(stack):
        stack[-1], stack[-depth] = stack[-depth], stack[-1]


# -- attributes and items ----------------------------------------------------------------


@_of("LOAD_ATTR", "LOAD_METHOD")
def _attribute(machine: Machine, instruction: dis.Instruction) -> None:
    bare = instruction.opname == "LOAD_ATTR" and (_IS_311 or not (instruction.arg or 0) & 1)
    found = machine.attribute(machine.pop(), instruction.argval)
    machine.push(*[NOTHING] * (not bare), found)


@_of("LOAD_SUPER_ATTR")
def _inherited(machine: Machine, instruction: dis.Instruction) -> None:
    *_, owner = machine.take(3)
    found = machine.attribute(owner, instruction.argval, Step.INHERITED)
    machine.push(*[NOTHING] * ((instruction.arg or 0) & 1), found)


@_of("STORE_ATTR")
def _store_attribute(machine: Machine, instruction: dis.Instruction) -> None:
    value, owner = machine.take(2)
    machine.give(value)
    for path in owner.part(Step.ATTRIBUTE, instruction.argval).paths if not owner.mixed else ():
        machine.names[path] = value.plainly()
        machine.changed = True


@_of("BINARY_SUBSCR", "BINARY_OP", "BINARY_SLICE")
def _binary(machine: Machine, instruction: dis.Instruction) -> None:
    if instruction.opname == "BINARY_SLICE":
        machine.push(together(*machine.take(3)))
        return
    owner, key = machine.take(2)
    if instruction.opname == "BINARY_OP" and instruction.argrepr != "[]":
        machine.push(together(owner, key))
    elif key.constant and type(key.constant[0]) in (str, int, bytes):
        machine.push(owner.part(Step.ITEM, key.constant[0]))
    else:
        machine.push(owner.loosely())


@_of("STORE_SUBSCR", "STORE_SLICE")
def _store_item(machine: Machine, instruction: dis.Instruction) -> None:
    value, *_ = machine.take(4 if instruction.opname == "STORE_SLICE" else 3)
    machine.give(value)


@_of("UNPACK_SEQUENCE")
def _unpack(machine: Machine, instruction: dis.Instruction) -> None:
    value = machine.pop()
    machine.push(*(value.part(Step.ITEM, index) for index in reversed(range(instruction.arg or 0))))


@_of("UNPACK_EX")
def _unpack_more(machine: Machine, instruction: dis.Instruction) -> None:
    count = instruction.arg or 0
    machine.push(*[machine.pop().loosely()] * ((count & 0xFF) + 1 + (count >> 8)))


@_of("BUILD_TUPLE", "BUILD_LIST", "BUILD_SET", "BUILD_MAP", "BUILD_SLICE", "BUILD_STRING")
@_of("BUILD_CONST_KEY_MAP", "BUILD_TEMPLATE", "BUILD_INTERPOLATION")
def _build(machine: Machine, instruction: dis.Instruction) -> None:
    change = dis.stack_effect(instruction.opcode, instruction.arg)
    machine.push(together(*machine.take(1 - change)))


@_of("LIST_APPEND", "SET_ADD", "MAP_ADD", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE")
def _add(machine: Machine, instruction: dis.Instruction) -> None:
    values = machine.take(2 if instruction.opname == "MAP_ADD" else 1)
    depth = instruction.arg or 1
    if depth <= len(machine.stack):
        machine.stack[-depth] = together(machine.stack[-depth], *values)


# -- loops and awaiting ------------------------------------------------------------------

ABOVE: Final = (GAP,) if _SINCE_315 else ()
"""What stands above an iterator, or above an object that is awaited."""


@_of("GET_ITER", "GET_YIELD_FROM_ITER")
def _iterate(machine: Machine, _: dis.Instruction) -> None:
    value = machine.pop()
    machine.attribute(value, "__iter__")
    machine.push(value.loosely(), *ABOVE)


@_of("FOR_ITER")
def _next(machine: Machine, _: dis.Instruction) -> None:
    iterator, *above = machine.take(1 + len(ABOVE))
    machine.push(iterator, *above, iterator.loosely())


@_of("GET_AITER")
def _iterate_async(machine: Machine, _: dis.Instruction) -> None:
    value = machine.pop()
    begin = machine.attribute(value, "__aiter__")
    machine.push(value if value.mixed else machine.call(begin, ()))


@_of("GET_ANEXT")
def _next_async(machine: Machine, _: dis.Instruction) -> None:
    iterator = machine.pop()
    step = machine.attribute(iterator, "__anext__")
    if not iterator.mixed:
        machine.call(step, ())
    machine.push(iterator, NOTHING)


@_of("GET_AWAITABLE")
def _await(machine: Machine, _: dis.Instruction) -> None:
    machine.push(machine.pop())


@_of("SEND")
def _send(machine: Machine, _: dis.Instruction) -> None:
    machine.pop()
    machine.push(NOTHING)  # the awaited object yields; `uses._jumped` has the case that it ends


@_of("END_SEND")
def _end_send(machine: Machine, _: dis.Instruction) -> None:
    *_below, result = machine.take(2 + len(ABOVE))
    machine.push(result)


@_of("CLEANUP_THROW")
def _cleanup_throw(machine: Machine, _: dis.Instruction) -> None:
    machine.take(3 + len(ABOVE))
    machine.push(NOTHING, *ABOVE, NOTHING)


# -- with --------------------------------------------------------------------------------


@_of("BEFORE_WITH", "BEFORE_ASYNC_WITH")
def _before_with(machine: Machine, instruction: dis.Instruction) -> None:
    prefix = "__a" if instruction.opname == "BEFORE_ASYNC_WITH" else "__"
    value = machine.pop()
    enter = machine.attribute(value, f"{prefix}enter__")
    leave = machine.attribute(value, f"{prefix}exit__")
    if value.mixed:  # the result of a call: the called function counts instead
        machine.push(NOTHING, value)
    else:
        machine.push(leave, machine.call(enter, ()))


@_of("LOAD_SPECIAL")
def _special(machine: Machine, instruction: dis.Instruction) -> None:
    name = ("__enter__", "__exit__", "__aenter__", "__aexit__")[instruction.arg or 0]
    value = machine.pop()
    if not value.mixed:
        machine.push(NOTHING, machine.attribute(value, name))
    elif name.endswith("enter__"):  # as in `_before_with`
        machine.push(NOTHING, value._replace(name=ENTERS))
    else:
        machine.push(NOTHING, NOTHING)


@_of("WITH_EXCEPT_START")
def _with_except(machine: Machine, _: dis.Instruction) -> None:
    # Above the exit method: where it was raised, what was handled before, the exception.
    depths = (5, 4) if _SINCE_314 else (4,)
    held = [machine.stack[-each] for each in depths if each <= len(machine.stack)]
    machine.call(*_callee(held), known=False)
    machine.push(NOTHING)


# -- calls -------------------------------------------------------------------------------


def _callee(slots: list[Symbol]) -> tuple[Symbol, tuple[Symbol, ...]]:
    """What is called, and its `self` if that is beside it on the stack."""
    filled = [each for each in slots if each.paths]
    return (filled[0], tuple(filled[1:])) if filled else (NOTHING, ())


@_of("KW_NAMES")
def _keywords(machine: Machine, instruction: dis.Instruction) -> None:
    machine.keywords = machine.code.co_consts[instruction.arg or 0]


@_of("CALL", "CALL_KW")
def _call(machine: Machine, instruction: dis.Instruction) -> None:
    if instruction.opname == "CALL_KW":
        (names,) = machine.pop().constant or ((),)
        machine.keywords = names if isinstance(names, tuple) else ()
    arguments = machine.take(instruction.arg or 0)
    callee, first = _callee(list(machine.take(2)))
    machine.push(machine.call(callee, (*first, *arguments)))


@_of("CALL_FUNCTION_EX")
def _call_with_lists(machine: Machine, instruction: dis.Instruction) -> None:
    arguments = machine.take(2 if _SINCE_314 or (instruction.arg or 0) & 1 else 1)
    callee, first = _callee(list(machine.take(2)))
    machine.push(machine.call(callee, (*first, *arguments), known=False))


@_of("CALL_INTRINSIC_1", "CALL_INTRINSIC_2", "LIST_TO_TUPLE", "ASYNC_GEN_WRAP")
def _intrinsic(machine: Machine, instruction: dis.Instruction) -> None:
    machine.push(together(*machine.take(2 if instruction.opname.endswith("_2") else 1)))


@_of("MAKE_FUNCTION")
def _make_function(machine: Machine, instruction: dis.Instruction) -> None:
    (code,) = machine.pop().constant or (None,)
    flags = 0 if _SINCE_313 else instruction.arg or 0
    for each in machine.take(flags.bit_count()):
        machine.give(each)
    if not isinstance(code, CodeType):
        machine.push(NOTHING)
        return
    number = instruction.offset
    closure = tuple((name, machine.load(name)) for name in code.co_freevars)
    machine.made[number] = Made(code, closure, machine.line)
    machine.push(variable(Root.MADE, number))


@_of("SET_FUNCTION_ATTRIBUTE")
def _set_function_attribute(machine: Machine, _: dis.Instruction) -> None:
    value, function = machine.take(2)
    machine.give(value)
    machine.push(function)
