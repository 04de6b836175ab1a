"""Which variables of a suspended frame its code may still read.

Owns: `is_dead`.
Does not own: the control flow (lines.flow), what else has the value of a variable.

A variable is dead if no way on from where the frame stands reads it before binding or unbinding it.
If that is uncertain, the variable counts as alive.  So these are alive: a variable that an inner
function also uses; the names of a module or a class; all variables of code that names a function
that reads them (`locals`); and all variables of code that stepdbg cannot follow.  It cannot foresee
that a debugger, `sys._current_frames` or a traceback reads the variables of another code's frame.
"""

from __future__ import annotations

from inspect import CO_OPTIMIZED
from types import CodeType
from typing import Final

from stepdbg.engine.lines.flow import LOADS, STORE_AND_LOAD, STORES, Flow, Unknown, flow_of
from stepdbg.model.once_each import once_for_each
from stepdbg.model.standard import dis, sys

_READERS: Final = frozenset(
    ("locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe", "f_locals")
)
"""Names in code for functions that may read the code's variables without an instruction of its
own."""

_SUPER_READS_ARGUMENT: Final = sys.version_info < (3, 12)
"""Before 3.12 ``super()`` takes the first argument from the frame (``super_init_impl``)."""


def is_dead(code: CodeType, offset: int, name: str) -> bool:
    """Whether code cannot read a variable any more before it binds it anew.

    Args:
        offset: the ``f_lasti`` of its suspended frame.
        name: the name of a variable of the frame.
    """
    if not code.co_flags & CO_OPTIMIZED or name not in code.co_varnames:
        return False
    if name in code.co_cellvars or not _READERS.isdisjoint(code.co_names):
        return False
    if _SUPER_READS_ARGUMENT and "super" in code.co_names and name == code.co_varnames[0]:
        return False
    known = _live_at(code)
    if isinstance(known, Unknown):
        return False
    flow, live = known
    number = 1 << code.co_varnames.index(name)
    return not any(live[index] & number for index in flow.next_from(offset))


@once_for_each(kept=2_000)
def _live_at(code: CodeType) -> tuple[Flow, tuple[int, ...]] | Unknown:
    """What `_flow_back` finds; it is worked out once."""
    flow = flow_of(code)
    return flow if isinstance(flow, Unknown) else (flow, _flow_back(code, flow))


def _flow_back(code: CodeType, flow: Flow) -> tuple[int, ...]:
    """The variables that are alive before each instruction, as a number with a bit for each."""
    effects = [_effect(code, each) for each in flow.instructions]
    live = [0] * len(effects)
    before: list[list[int]] = [[] for _ in effects]
    for index, following in enumerate(zip(flow.goes_on, flow.handlers, strict=True)):
        for each in (*following[0], *following[1]):
            before[each].append(index)
    todo = list(range(len(effects)))  # the last one first, so most are visited only once
    waiting = set(todo)
    while todo:
        here = todo.pop()
        waiting.discard(here)
        read, bound = effects[here]
        wanted = 0
        for each in flow.goes_on[here]:
            wanted |= live[each]
        now = read | (wanted & ~bound)
        for each in flow.handlers[here]:  # it may raise before it binds
            now |= live[each]
        if now != live[here]:
            live[here] = now
            fresh = [each for each in before[here] if each not in waiting]
            waiting.update(fresh)
            todo += fresh
    return tuple(live)


def _effect(code: CodeType, instruction: dis.Instruction) -> tuple[int, int]:
    """Which variables an instruction reads, and which it binds or unbinds."""
    operation, named = instruction.opname, instruction.argval
    names = named if isinstance(named, tuple) else (named,)
    if operation in LOADS:
        return _bits(code, names), 0
    if operation in STORES:
        return 0, _bits(code, names)
    if operation == STORE_AND_LOAD:
        bound, read = names
        return (0 if read == bound else _bits(code, (read,))), _bits(code, (bound,))
    return 0, 0


def _bits(code: CodeType, names: tuple[object, ...]) -> int:
    """A number with a bit for each of some variables; cells, which are never dead, have none."""
    known = [each for each in names if isinstance(each, str) and each in code.co_varnames]
    return sum(1 << code.co_varnames.index(each) for each in dict.fromkeys(known))
