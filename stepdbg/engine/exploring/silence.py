"""Steps that no other task can notice, and that no other task can change.

Owns: `is_silent`, `SilentSteps`.
Does not own: the instructions (lines.flow), what a search leaves out because of it (explored).

A silent step begins at a checkpoint of Trio's, or at the beginning of its task, and ends at the
next checkpoint.  In between, its code only loads variables and constants.  So it makes no
difference whether the steps of other tasks come before it or after it, and a search of all orders
takes it at once.

- It stores nothing.  So if the task is cancelled at the first checkpoint instead of the second one,
  its variables are the same.  Both checkpoints have the same exception handler, so the task goes on
  in the same way.
- It goes forward in its code, because a task that only polls would keep the others from stepping.
- Names are looked up when the step is taken.  If another step binds the name ``trio`` or
  ``checkpoint`` anew, that makes a difference; this is not considered.
"""

from __future__ import annotations

from types import CodeType, CoroutineType, FrameType
from typing import Any, Final

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import scopes, tasks
from stepdbg.engine.foreseeing.plain import attribute
from stepdbg.engine.lines import flow as flows
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import dis, sys

_CHECKPOINT: Final = trio.lowlevel.checkpoint
_SHIELDED: Final = trio.lowlevel.cancel_shielded_checkpoint

_NOTHING: Final = frozenset(
    (
        *("NOP", "RESUME", "PRECALL", "COPY_FREE_VARS", "MAKE_CELL", "END_SEND", "NOT_TAKEN"),
        *("RETURN_GENERATOR", "JUMP_FORWARD"),
    )
)
"""Instructions that leave the stack as it is, as far as it matters here."""

_LOADS: Final = frozenset(
    (
        *("LOAD_CONST", "LOAD_COMMON_CONSTANT", "LOAD_SMALL_INT"),
        *("LOAD_FAST", "LOAD_FAST_BORROW", "PUSH_NULL"),
    )
)

_NULL: Final = ("", ())
_CALLED: Final = "()"

_Value = tuple[str, tuple[str, ...]]
"""How a name is loaded, and the name with attributes of it; both are empty for any other value."""


class _Ahead(NamedTuple):
    """The call that code awaits next, if all that it does until then is silent.

    kind: ``LOAD_GLOBAL`` or ``LOAD_DEREF``, which loads the name.
    name, attributes: what it calls without an argument, and then awaits.
    same_handler: whether an exception has the same handler before and after this step.
    """

    kind: str
    name: str
    attributes: tuple[str, ...]
    same_handler: bool


class SilentSteps:
    """The silent steps of one run, each of which is taken as soon as its task can step."""

    def __init__(self) -> None:
        self._found: list[Task] = []

    def next_of(self, new: list[Task]) -> Task | None:
        """A task whose step is silent; None if there is none.

        new: the tasks that can step since the last call; the other ones have no silent step.
        """
        self._found += filter(is_silent, new)
        while self._found:
            task = self._found.pop(0)
            if is_silent(task):  # it may have been cancelled meanwhile
                return task
        return None


def is_silent(task: Task) -> bool:
    """Whether the next step of a task that can step makes no difference to any other one."""
    coroutine = task.coro
    if type(coroutine) is not CoroutineType or tasks.error_to_come(task) is not None:
        return False
    if not tasks.is_started(task):
        return coroutine.cr_frame is not None and _awaited(coroutine.cr_frame, -1) is not None
    innermost, called = _suspended_at(coroutine)
    frame = None if innermost is None else innermost.cr_frame
    if frame is None:
        return False
    found = _awaited(frame, frame.f_lasti)
    if found is None or called is _SHIELDED.__code__:
        return found is not None
    ahead, function = found
    may_be_cancelled = function is _CHECKPOINT
    return may_be_cancelled and ahead.same_handler and not scopes.task_is_cancelled(task)


def _suspended_at(
    coroutine: CoroutineType[Any, Any, Any],
) -> tuple[CoroutineType[Any, Any, Any] | None, CodeType]:
    """The coroutine that awaits a checkpoint (None: there is none), and the checkpoint's code."""
    while type(inner := coroutine.cr_await) is CoroutineType:
        code = inner.cr_code
        if code is _SHIELDED.__code__:
            return coroutine, code
        if code is _CHECKPOINT.__code__:
            below = inner.cr_await  # elsewhere in it, a cancellation is about to be raised
            waits = type(below) is CoroutineType and below.cr_code is _SHIELDED.__code__
            return coroutine if waits else None, code
        coroutine = inner
    return None, coroutine.cr_code


def _awaited(frame: FrameType, offset: int) -> tuple[_Ahead, object] | None:
    """The checkpoint that a frame reaches silently from an offset on; None if there is none."""
    ahead = _ahead(frame.f_code, offset)
    if ahead is None:
        return None
    if ahead.kind == "LOAD_GLOBAL":
        found = frame.f_globals.get(ahead.name)
    else:
        found = frame_locals(frame).get(ahead.name)
    for each in ahead.attributes:
        found = attribute(found, each)
    return (ahead, found) if found is _CHECKPOINT or found is _SHIELDED else None


_known: dict[tuple[int, int], tuple[CodeType, _Ahead | None]] = {}
_KEPT: Final = 5_000


def _ahead(code: CodeType, offset: int) -> _Ahead | None:
    """What `_look` finds; it is worked out once."""
    key = id(code), offset
    known = _known.get(key)
    if known is not None and known[0] is code:
        return known[1]
    if len(_known) > _KEPT:
        _known.clear()
    flow = flows.flow_of(code)
    found = None if isinstance(flow, flows.Unknown) else _look(flow, offset)
    _known[key] = code, found
    return found


def _look(flow: flows.Flow, offset: int) -> _Ahead | None:
    """Follow code from an offset on up to an await."""
    stack: list[_Value] = [_NULL]  # the result of the await, or what is sent into the first step
    before: int | None = None
    at = 0
    if offset >= 0:
        before = _sends(flow, flow.index(offset))
        if before is None:
            return None
        at = flow.index(flow.instructions[before].argval)
    else:
        names = [each.opname for each in flow.instructions[:100]]
        if "RETURN_GENERATOR" not in names:
            return None
    limit = len(flow.instructions)
    while at < limit:
        each = flow.instructions[at]
        if each.opname == "GET_AWAITABLE":
            return _found(flow, at, stack, before)
        if not _apply(each, stack):
            return None
        following = flow.goes_on[at]
        if len(following) != 1 or following[0] <= at:
            return None
        at = following[0]
        if each.opname == "CALL" and flow.instructions[at].opname != "GET_AWAITABLE":
            return None  # it may do anything; what is awaited is looked up later
    return None


def _sends(flow: flows.Flow, at: int) -> int | None:
    """The index of the SEND to which a suspended frame goes back; None for another suspension."""
    for each in range(at, min(at + 3, len(flow.instructions))):
        if flow.instructions[each].opname == "JUMP_BACKWARD_NO_INTERRUPT":
            back = flow.goes_on[each][0]
            return back if flow.instructions[back].opname == "SEND" else None
    return None


def _found(flow: flows.Flow, at: int, stack: list[_Value], before: int | None) -> _Ahead | None:
    """What is awaited at an index, if it is the result of a call without arguments."""
    ahead = next((i for i in range(at, at + 4) if flow.instructions[i].opname == "SEND"), None)
    if ahead is None or not stack:
        return None
    kind, names = stack[-1]
    if len(names) < 2 or names[-1] != _CALLED:
        return None
    if any(name for name, _ in stack[:-1]):
        return None  # another task may change it, between its reading here and its use afterwards
    same = before is not None and flow.handlers[before] == flow.handlers[ahead]
    return _Ahead(kind, names[0], names[1:-1], same)


def _apply(each: dis.Instruction, stack: list[_Value]) -> bool:
    """Do what an instruction does to the stack; return whether it is a silent one."""
    name = each.opname
    if name in _NOTHING:
        return True
    if name == "POP_TOP":  # never what has been on the stack before, nor what looking up may change
        return bool(stack) and stack.pop() == _NULL
    if name in _LOADS:
        stack.append(_NULL)
    elif name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"):
        stack += (_NULL, _NULL)
    elif name in ("LOAD_GLOBAL", "LOAD_DEREF"):
        stack.append((name, (str(each.argval),)))
        if name == "LOAD_GLOBAL" and each.arg is not None and each.arg & 1:
            stack.append(_NULL)
    elif name in ("LOAD_ATTR", "LOAD_METHOD"):
        return _load_attribute(each, stack)
    elif name == "CALL":
        return each.arg == 0 and _call(stack)
    else:
        return False
    return True


def _load_attribute(each: dis.Instruction, stack: list[_Value]) -> bool:
    if not stack or not stack[-1][0]:
        return False
    kind, names = stack.pop()
    stack.append((kind, (*names, str(each.argval))))
    since_312 = sys.version_info >= (3, 12)
    if each.opname == "LOAD_METHOD" or (since_312 and each.arg is not None and each.arg & 1):
        stack.append(_NULL)  # what a module has is not a method
    return True


def _call(stack: list[_Value]) -> bool:
    """Do what a call without arguments does to the stack: one of the two top values is called."""
    if len(stack) < 2:
        return False
    called = [each for each in (stack.pop(), stack.pop()) if each[0]]
    if len(called) != 1 or _CALLED in called[0][1]:
        return False
    kind, names = called[0]
    stack.append((kind, (*names, _CALLED)))
    return True
