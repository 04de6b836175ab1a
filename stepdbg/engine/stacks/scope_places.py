"""Which own line entered a cancel scope, and how long it was given there.

Owns: finding the ``with`` of a scope in the stack of the task that entered it; what on a stack is
the end of a ``with`` block.
Does not own: the scopes themselves (_trio_internals.scopes), their pictures, and the values of
expressions in the source (cancelling.entered).

Trio does not note where a scope was entered.  But a suspended coroutine keeps the
``__exit__`` of every ``with`` block it is inside of on its value stack, in order, and
`gc.get_referents` shows that stack (documented for "objects directly referred to"; the stack
is visited by CPython's ``gen_traverse``).  Paired with the ``with`` statements around the
current line, they give the line of each scope.  If that fails, the answer is the line at which the
own frame is, or nothing; never a guess at another line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import (
    AsyncGeneratorType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
)
from typing import TypeAlias

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals.await_chain import await_chain
from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg._trio_internals.scopes import scopes_around
from stepdbg._trio_internals.tasks import nurseries_of
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import ast, gc
from stepdbg.model.task import Origin, Place

from . import with_blocks
from .frames import is_own, origin_of, place_of_code
from .with_blocks import TIMEOUTS, With

ENDS_OF_BLOCKS = frozenset(("__exit__", "__aexit__"))
"""What a ``with`` block looks up when it is entered, and calls at its end."""

_DEPTH = 5
"""How many nested context managers are looked through: ``anyio.fail_after`` has four."""


class SourceSeconds(NamedTuple):
    """How long a scope was given: an expression, and the frame to evaluate it in."""

    seconds: str
    frame: FrameType


class Entered(NamedTuple):
    """The own line that entered a scope, and how long it was given there, if the source says so."""

    place: Place
    seconds: SourceSeconds | None


def _managers(suspended: object) -> list[object]:
    """The context managers of the ``with`` blocks a coroutine is inside of, outermost first.

    Before Python 3.14 the value stack holds each ``__exit__`` as a bound method; since then it
    holds the function and, after it, the manager (``LOAD_SPECIAL`` in CPython's bytecodes.c).
    """
    managers: list[object] = []
    referents = gc.get_referents(suspended)
    for referent, following in zip(referents, [*referents[1:], None], strict=True):
        # By types: reading the name or the class of an object of the program could run its code.
        if type(referent) is MethodType:
            if ends_block(referent.__func__):
                managers.append(referent.__self__)
        elif ends_block(referent) and following is not None:
            managers.append(following)
    return managers


def ends_block(function: object) -> bool:
    """Whether a function is what a ``with`` block calls at its end."""
    return type(function) is FunctionType and function.__name__ in ENDS_OF_BLOCKS


def _attribute_values(owner: object) -> list[object]:
    try:
        # Not vars(): a class of the program could make __dict__ a property.
        return list(object.__getattribute__(owner, "__dict__").values())
    except AttributeError:
        return gc.get_referents(owner)  # in slots, as in AnyIO's scopes


def _is_plain(manager: object) -> bool:
    """Whether the class of a context manager belongs to Trio or contextlib."""
    return _package_of(manager) in ("trio", "contextlib")


def _package_of(value: object) -> str:
    """The package that an object's class belongs to."""
    module = type.__getattribute__(type(value), "__module__")
    return module.partition(".")[0] if type(module) is str else ""


def _around(frame: FrameType) -> list[With]:
    return with_blocks.around(frame.f_code, frame.f_lineno)


def _left_at(frame: FrameType) -> list[With]:
    return with_blocks.left_at(frame.f_code, frame.f_lineno)


def _in_block(suspended: object, frame: FrameType) -> Iterator[tuple[object, With | None]]:
    """The context managers that a coroutine or generator is inside of, each with its ``with``."""
    managers = _managers(suspended)
    if not managers:
        return
    withs = _around(frame)
    # A block that an exception leaves keeps its `__exit__` on the stack while that is awaited, and
    # of a `with` of several items the inner ones are left first.
    at_its_end = with_blocks.statement_at(frame.f_code, frame.f_lineno)
    withs += at_its_end[: max(0, len(managers) - len(withs))]
    exact = is_own(frame.f_code.co_filename) and len(withs) == len(managers)
    yield from zip(managers, withs if exact else [None] * len(managers), strict=True)


def _seconds_in(block: With | None, frame: FrameType) -> SourceSeconds | None:
    if block is None or block.seconds is None:
        return None
    return SourceSeconds(ast.unparse(block.seconds), frame)


_Found: TypeAlias = tuple[trio.CancelScope, SourceSeconds | None]


def _scopes_in(
    manager: object, seconds: SourceSeconds | None, depth: int = _DEPTH
) -> Iterator[_Found]:
    """The scopes that a context manager has entered on behalf of its ``with``.

    seconds: how long they were given, as far as the code that entered the manager says.
    """
    if is_a(manager, trio.CancelScope):
        yield manager, seconds
        return
    if depth == 0:
        return
    for held in _attribute_values(manager):
        if is_a(held, trio.CancelScope):
            yield held, seconds  # trio's NurseryManager keeps its scope
        elif is_a(held, trio.Nursery):
            yield held.cancel_scope, seconds  # AnyIO's TaskGroup
        elif is_a(held, GeneratorType, AsyncGeneratorType):
            yield from _of_generator(held, seconds, depth)  # a @contextmanager's


def _of_generator(
    held: GeneratorType[object, object, object] | AsyncGeneratorType[object, object],
    seconds: SourceSeconds | None,
    depth: int,
) -> Iterator[_Found]:
    """The scopes that the generator of a context manager is inside of."""
    frame = held.gi_frame if type(held) is GeneratorType else held.ag_frame
    if frame is None:
        return
    own = is_own(frame.f_code.co_filename)
    if not own and frame.f_code.co_name in TIMEOUTS:
        # The arguments of the call say more than the source, which holds a name, or less.
        seconds = SourceSeconds(frame.f_code.co_varnames[0], frame)
    for inner, block in _in_block(held, frame):
        yield from _scopes_in(inner, _seconds_in(block, frame) if own else seconds, depth - 1)


def _own_line(frames: Iterable[FrameType]) -> Place | None:
    for frame in frames:
        if is_own(frame.f_code.co_filename):
            return place_of_code(frame.f_code, frame.f_lineno)
    return None


def scopes_of_trio(task: Task) -> set[int]:
    """The ``id`` of each scope that code of Trio has entered, for a task suspended inside.

    `trio.sleep` enters such a scope, with a deadline: seen from the own line at which the task is
    suspended, the task is not inside it.
    """
    found: set[int] = set()
    for coro, frame in await_chain(task.coro):
        if origin_of(frame.f_code.co_filename) is not Origin.TRIO:
            found.clear()
            continue
        for manager in _managers(coro):
            found.update(id(scope) for scope, _ in _scopes_in(manager, None))
    return found


def scopes_entered(task: Task) -> dict[int, Entered]:
    """Where a suspended task has entered each scope that it is inside of.

    Returns:
        By ``id(scope)``; a scope that was not found is left out.
    """
    found: dict[int, Entered] = {}
    held_by: dict[int, Entered] = {}
    outer: list[FrameType] = []
    unreadable = False
    for coro, frame in await_chain(task.coro):
        outer.insert(0, frame)
        unreadable |= coro is frame  # it runs in a greenlet
        for manager, block in _in_block(coro, frame):
            place = place_of_code(frame.f_code, block.line) if block else _own_line(outer)
            if place is not None:
                # An object that has a scope in an attribute need not have entered it.
                into = found if _is_plain(manager) else held_by
                for scope, seconds in _scopes_in(manager, _seconds_in(block, frame)):
                    into.setdefault(id(scope), Entered(place, seconds))
        held = peek_at(frame, "self")
        if frame.f_code.co_name == "__aexit__" and held is not None:
            # The task is leaving the `async with`: its exit is no longer on the stack.
            place = _own_line(outer)
            if place is not None:
                for scope, seconds in _scopes_in(held, None, 1):
                    held_by.setdefault(id(scope), Entered(place, seconds))
    if unreadable:
        return scopes_entered_by_running(task, outer) | held_by | found
    return held_by | found


def scopes_entered_by_running(task: Task, stack: Iterable[FrameType]) -> dict[int, Entered]:
    """The same for a task that runs, or is in a greenlet, whose value stacks cannot be read.

    It finds the scopes that are in a variable of their ``with``.  If the source has as many scopes
    around the running lines as the task has entered, it finds all of them.

    Args:
        stack: its frames, innermost first.
    """
    around = scopes_around(task)
    own = [frame for frame in stack if is_own(frame.f_code.co_filename)][::-1]
    blocks = [(each, block) for each in own for block in _around(each)]
    leaving = [(each, block) for each in own for block in _left_at(each)]
    found = {}
    for frame, block in blocks + leaving:
        scope = _scope_of(_value_of(block.name, frame)) if block.name else None
        if scope is not None and any(scope is each for each in around):
            found[id(scope)] = _entered_in(frame, block)
    for each in (blocks, blocks + leaving if len(leaving) == 1 else []):
        makers = [(frame, block) for frame, block in each if block.makes]
        if [block.makes for _, block in makers] == _kinds(task, around):
            places = (_entered_in(frame, block) for frame, block in makers)
            return dict(zip(map(id, around), places, strict=True)) | found
    return found


def _value_of(name: str, frame: FrameType) -> object:
    """The value of a variable, or of an attribute of one, without code of the program."""
    variable, _, attribute = name.partition(".")
    value = peek_at(frame, variable)
    if not attribute:
        return value
    try:
        return object.__getattribute__(value, "__dict__").get(attribute)
    except AttributeError:
        return None


def _scope_of(value: object) -> trio.CancelScope | None:
    """The scope that belongs to the variable of a ``with``."""
    if is_a(value, trio.Nursery):
        return value.cancel_scope
    if not is_a(value, trio.CancelScope) and _package_of(value) != "anyio":
        return None
    return next((scope for scope, _ in _scopes_in(value, None)), None)


def _entered_in(frame: FrameType, block: With) -> Entered:
    return Entered(place_of_code(frame.f_code, block.line), _seconds_in(block, frame))


def _kinds(task: Task, around: Iterable[trio.CancelScope]) -> list[str]:
    nurseries = {id(nursery.cancel_scope) for nursery in nurseries_of(task)}
    return ["nursery" if id(scope) in nurseries else "scope" for scope in around]
