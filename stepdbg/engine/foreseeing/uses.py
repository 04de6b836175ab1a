"""What code does with values from an offset on.

Owns: `uses_of`.
Does not own: the instructions (lines.flow, effects), what the values are (naming).

This follows every way that the code can take.  Where two ways meet, a value is what it is on
either.  No objects are read, so the result holds for every frame at that instruction.
"""

from __future__ import annotations

from types import CodeType
from typing import Final

from stepdbg.engine.lines.flow import Flow, Unknown, flow_of
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import sys

from .effects import ABOVE, apply
from .machine import Machine, Made, Use, merged
from .symbols import GAP, NOTHING, Path, Root, Symbol, either, variable

_TURNS: Final = 12
"""How often the state before an instruction may change; further changes are ignored."""

_IS_311: Final = sys.version_info < (3, 12)


class Uses(NamedTuple):
    """What code does from an offset on.

    made: the functions that it makes, with the numbers that they have in paths from `Root.MADE`.
    depth: how many values are on the stack of a frame that is suspended there; 0 for code that has
        not begun.
    gaps: the places on that stack, from its bottom, that hold no object.
    complete: whether all of the code could be followed.
    entering: whether the frame awaits the `__aenter__` of an ``async with``, whose `__aexit__` is
        on the stack already.
    """

    uses: tuple[Use, ...] = ()
    made: tuple[tuple[int, Made], ...] = ()
    depth: int = 0
    gaps: frozenset[int] = frozenset()
    complete: bool = True
    entering: bool = False


_known: dict[tuple[int, int, bool], tuple[CodeType, Uses]] = {}
_KEPT: Final = 5_000


def uses_of(code: CodeType, offset: int, *, running: bool = False) -> Uses:
    """What code does from an offset on; it is worked out once.

    Args:
        offset: the ``f_lasti`` of a frame that is suspended, or is calling something; -1 for all of
            the code.
        running: whether the frame stands before the instruction there instead.
    """
    key = (id(code), offset, running)
    known = _known.get(key)
    if known is not None and known[0] is code:
        return known[1]
    if len(_known) > _KEPT:
        _known.clear()
    flow = flow_of(code)
    found = Uses(complete=False)
    if not isinstance(flow, Unknown):
        found = _Follower(code, flow).go(offset, running=running)
    _known[key] = code, found
    return found


class _State(NamedTuple):
    """What is known before an instruction."""

    stack: tuple[Symbol, ...]
    names: dict[str | Path, Symbol]


class _Follower:
    """Follows the ways of some code."""

    def __init__(self, code: CodeType, flow: Flow) -> None:
        self._code, self._flow = code, flow
        self._uses: dict[Use, None] = {}
        self._made: dict[int, Made] = {}
        self._states: dict[int, _State] = {}
        self._turns: dict[int, int] = {}
        self._todo: list[int] = []

    def go(self, offset: int, *, running: bool) -> Uses:
        """What the code does from an offset on."""
        flow = self._flow
        here = flow.index(offset)
        starts = flow.next_from(offset)
        if running:
            starts = (here,)
        depth = (flow.depth_before(starts[0]) if starts else None) or 0
        sent = () if running or not depth else (NOTHING,)  # or the result of a call
        depth -= len(sent)
        gaps = _gaps(self._code, flow, starts[0], depth) if depth and not running else frozenset()
        stack = [GAP if each in gaps else variable(Root.STACK, each) for each in range(depth)]
        begun = _State((*stack, *sent), {})
        for each in starts:
            self._arrive(each, self._raised(each, begun) if each in flow.kept else begun)
        while self._todo:
            self._run(self._todo.pop())
        entering = not running and flow.is_entering(offset)
        return Uses(tuple(self._uses), tuple(self._made.items()), depth, gaps, entering=entering)

    def stack_before(self, index: int) -> list[Symbol]:
        """The stack before an instruction, once `go` has followed a way to it."""
        begins = max((each for each in self._states if each <= index), default=index)
        known = self._states.get(begins, _State((), {}))
        machine = Machine(self._code, known.stack, known.names, {}, {})
        for each in self._flow.instructions[begins:index]:
            apply(machine, each)
        return machine.stack

    def _arrive(self, index: int, state: _State) -> None:
        """Note one more state that is possible before an instruction."""
        known = self._states.get(index)
        now = state if known is None else _either(known, state)
        if known == now or self._turns.get(index, 0) >= _TURNS:
            return
        self._states[index] = now
        self._turns[index] = self._turns.get(index, 0) + 1
        if index not in self._todo:
            self._todo.append(index)

    def _run(self, index: int) -> None:
        """Follow the code from an instruction until ways part or meet."""
        flow, state = self._flow, self._states[index]
        machine = Machine(self._code, state.stack, state.names, self._uses, self._made)
        guarded: tuple[int, ...] = ()
        while True:
            instruction, handlers = flow.instructions[index], flow.handlers[index]
            if handlers and (
                machine.changed or handlers != guarded
            ):  # it may raise before it does anything
                raised = _State(tuple(machine.stack), dict(machine.names))
                self._arrive(handlers[0], self._raised(handlers[0], raised))
                machine.changed = False
            guarded = handlers
            top = machine.stack[-1:]
            apply(machine, instruction)
            follows = flow.goes_on[index]
            if follows != (index + 1,) or index + 1 in flow.meeting:
                break
            index += 1
        for each in follows:
            stack = tuple(machine.stack)
            if each != index + 1:
                stack = _jumped(instruction.opname, stack, top)
            self._arrive(each, _State(stack, dict(machine.names)))

    def _raised(self, handler: int, state: _State) -> _State:
        """The state before a handler."""
        below, above = self._flow.kept[handler]
        return _State((*state.stack[:below], *[NOTHING] * above), state.names)


def _gaps(code: CodeType, flow: Flow, index: int, depth: int) -> frozenset[int]:
    """Which of the lowest places on the stack before an instruction hold no object."""
    whole = _Follower(code, flow)
    whole.go(-1, running=False)
    stack = whole.stack_before(index)[:depth]
    return frozenset(at for at, each in enumerate(stack) if each is GAP)


def _either(first: _State, second: _State) -> _State:
    names: dict[str | Path, Symbol] = {}
    for name in (*first.names, *second.names):
        names[name] = either(_of(first, name), _of(second, name))
    return _State(merged(first.stack, second.stack), names)


def _of(state: _State, name: str | Path) -> Symbol:
    known = state.names.get(name)
    if known is not None:
        return known
    if isinstance(name, str):
        return variable(Root.LOCAL, name)
    return Symbol(frozenset((name,)))


def _jumped(operation: str, stack: tuple[Symbol, ...], top: list[Symbol]) -> tuple[Symbol, ...]:
    """The stack after an instruction that has jumped.

    top: what was on top of it before.
    """
    if operation == "SEND":  # the awaited object has ended
        below = 2 + len(ABOVE)
        awaited = stack[-below] if len(stack) >= below else NOTHING
        # The arguments of an object that is suspended already are no longer on this stack.
        suspended = any(path.root is Root.STACK for path in awaited.paths)
        result = NOTHING if suspended else awaited.loosely()
        return (*stack[: -2 if _IS_311 else -1], result)
    if _IS_311 and operation == "FOR_ITER":  # the iterator has ended
        return stack[:-2]
    return (*stack, *top) if operation.startswith("JUMP_IF_") else stack
