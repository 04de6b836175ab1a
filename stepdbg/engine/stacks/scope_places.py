"""Which own line entered a cancel scope, and how long it was given there.

Owns: finding the ``with`` of a scope in the stack of the task that entered it.
Does not own: the scopes themselves (_trio_internals.scopes), their pictures and the values of
what stands in the source (cancelling.entered).

Trio does not note where a scope was entered.  But a suspended coroutine keeps the
``__exit__`` of every ``with`` block it is inside of on its value stack, in order, and
`gc.get_referents` shows that stack (documented for "objects directly referred to"; the stack
is visited by CPython's ``gen_traverse``).  Paired with the ``with`` statements around the
current line, they give the line of each scope.  Where that fails the answer is the line at
which the own frame stands, or nothing; never a guess at another line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import (
    AsyncGeneratorType,
    CodeType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
)
from typing import NamedTuple, TypeAlias

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals.await_chain import await_chain
from stepdbg._trio_internals.frame_values import peek_at
from stepdbg.model.records import dataclass
from stepdbg.model.standard import ast, gc
from stepdbg.model.task import Origin, Place

from . import source_texts
from .frames import is_own, origin_of, place_of_code

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_DEPTH = 5
"""How many context managers inside each other are looked through: ``anyio.fail_after`` is four."""

_TIMEOUTS = {"move_on_after": "", "fail_after": "", "CancelScope": "relative_deadline"}
"""What makes a scope with a timeout, by the last part of its name: which argument that is.

The empty one is the first; Trio calls it ``seconds``, AnyIO ``delay``.
"""


class Given(NamedTuple):
    """How long a scope was given: an expression, and the frame in which that is meant."""

    seconds: str
    frame: FrameType


class Entered(NamedTuple):
    """The own line that entered a scope, and how long it was given there, where that is told."""

    place: Place
    given: Given | None


@dataclass(frozen=True, slots=True)
class _With:
    """One item of a ``with`` statement: the line of its expression, the lines of its body.

    seconds: the argument that says how long the scope lasts that it enters, None without one.
    """

    line: int
    first: int
    last: int
    seconds: ast.expr | None


_with_blocks: dict[str, dict[int, tuple[_With, ...]]] = {}


def parsed(filename: str) -> ast.Module | None:
    """A file taken apart, None when it has no source that can be."""
    try:
        return ast.parse("".join(source_texts.read_source(filename)))
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return None


def first_line(node: ast.AST) -> int:
    """The line at which the code of a function or class begins: that of a decorator."""
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno if decorators else getattr(node, "lineno", 1))


def _collect(node: ast.AST, owner: int, found: dict[int, list[_With]]) -> None:
    for child in ast.iter_child_nodes(node):
        inside = owner
        if isinstance(child, FunctionNode | ast.ClassDef):
            inside = first_line(child)
        elif isinstance(child, ast.With | ast.AsyncWith):
            first, last = child.body[0].lineno, child.end_lineno or child.lineno
            blocks = found.setdefault(owner, [])
            blocks.extend(
                _With(item.context_expr.lineno, first, last, _seconds(item.context_expr))
                for item in child.items
            )
        _collect(child, inside, found)


def _seconds(made: ast.expr) -> ast.expr | None:
    """The argument that says how long a scope lasts, in the expression that makes the scope."""
    if not isinstance(made, ast.Call):
        return None
    called = made.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    keyword = _TIMEOUTS.get(name)
    if keyword is None:
        return None
    wanted = (keyword,) if keyword else ("seconds", "delay")
    named = next((each.value for each in made.keywords if each.arg in wanted), None)
    return made.args[0] if named is None and not keyword and made.args else named


def _blocks_of_file(filename: str) -> dict[int, tuple[_With, ...]]:
    """The ``with`` items of a file by the first line of the function they stand in."""
    known = _with_blocks.get(filename)
    if known is None:
        found: dict[int, list[_With]] = {}
        module = parsed(filename)
        try:
            if module is not None:
                _collect(module, 1, found)
        except RecursionError:
            found = {}
        known = _with_blocks[filename] = {line: tuple(items) for line, items in found.items()}
    return known


def _withs_around(code: CodeType, line: int) -> list[_With]:
    blocks = _blocks_of_file(code.co_filename).get(code.co_firstlineno, ())
    return [block for block in blocks if block.first <= line <= block.last]


def _managers(suspended: object) -> list[object]:
    """The context managers of the ``with`` blocks a coroutine is inside of, outermost first.

    Before Python 3.14 the value stack holds each ``__exit__`` as a bound method; since then it
    holds the function and, after it, the manager (``LOAD_SPECIAL`` in CPython's bytecodes.c).
    """
    managers: list[object] = []
    referents = gc.get_referents(suspended)
    for referent, following in zip(referents, [*referents[1:], None], strict=True):
        if getattr(referent, "__name__", None) not in ("__exit__", "__aexit__"):
            continue
        if isinstance(referent, MethodType):
            managers.append(referent.__self__)
        elif isinstance(referent, FunctionType) and following is not None:
            managers.append(following)
    return managers


def _attribute_values(owner: object) -> list[object]:
    try:
        # Not vars(): a class of the program could make __dict__ a property.
        return list(object.__getattribute__(owner, "__dict__").values())
    except AttributeError:
        return gc.get_referents(owner)  # in slots, as AnyIO's scopes have it


def _is_plain(manager: object) -> bool:
    """Whether a context manager is a class of Trio's or contextlib's."""
    module = type.__getattribute__(type(manager), "__module__")
    return type(module) is str and module.partition(".")[0] in ("trio", "contextlib")


def _in_block(suspended: object, frame: FrameType) -> Iterator[tuple[object, _With | None]]:
    """The context managers that a coroutine or generator is inside of, each with its ``with``."""
    managers = _managers(suspended)
    if not managers:
        return
    withs = _withs_around(frame.f_code, frame.f_lineno)
    exact = is_own(frame.f_code.co_filename) and len(withs) == len(managers)
    yield from zip(managers, withs if exact else [None] * len(managers), strict=True)


def _given(block: _With | None, frame: FrameType) -> Given | None:
    if block is None or block.seconds is None:
        return None
    return Given(ast.unparse(block.seconds), frame)


_Found: TypeAlias = tuple[trio.CancelScope, Given | None]


def _scopes_in(manager: object, given: Given | None, depth: int = _DEPTH) -> Iterator[_Found]:
    """The scopes that a context manager has entered on behalf of its ``with``.

    given: how long, as far as whoever has entered the manager tells.
    """
    if isinstance(manager, trio.CancelScope):
        yield manager, given
        return
    if depth == 0:
        return
    for held in _attribute_values(manager):
        if isinstance(held, trio.CancelScope):
            yield held, given  # trio's NurseryManager keeps its scope
        elif isinstance(held, trio.Nursery):
            yield held.cancel_scope, given  # AnyIO's TaskGroup
        elif isinstance(held, GeneratorType | AsyncGeneratorType):
            yield from _of_generator(held, given, depth)  # a @contextmanager's


def _of_generator(
    held: GeneratorType[object, object, object] | AsyncGeneratorType[object, object],
    given: Given | None,
    depth: int,
) -> Iterator[_Found]:
    """The scopes that the generator of a context manager is inside of."""
    frame = held.gi_frame if isinstance(held, GeneratorType) else held.ag_frame
    if frame is None:
        return
    own = is_own(frame.f_code.co_filename)
    if not own and frame.f_code.co_name in _TIMEOUTS:
        # What it was called with says more than the source: that holds a name, or less.
        given = Given(frame.f_code.co_varnames[0], frame)
    for inner, block in _in_block(held, frame):
        yield from _scopes_in(inner, _given(block, frame) if own else given, depth - 1)


def _own_line(frames: Iterable[FrameType]) -> Place | None:
    for frame in frames:
        if is_own(frame.f_code.co_filename):
            return place_of_code(frame.f_code, frame.f_lineno)
    return None


def scopes_of_trio(task: Task) -> set[int]:
    """The ``id`` of each scope that Trio has entered itself where a task is suspended in it.

    `trio.sleep` is such a scope with a deadline: whoever looks from the own line at which the
    task is suspended is not inside of it.
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
        By ``id(scope)``; a scope that was not found is not in it.
    """
    found: dict[int, Entered] = {}
    held_by: dict[int, Entered] = {}
    outer: list[FrameType] = []
    for coro, frame in await_chain(task.coro):
        outer.insert(0, frame)
        for manager, block in _in_block(coro, frame):
            place = place_of_code(frame.f_code, block.line) if block else _own_line(outer)
            if place is not None:
                # An object that merely has a scope need not be what has entered it.
                into = found if _is_plain(manager) else held_by
                for scope, given in _scopes_in(manager, _given(block, frame)):
                    into.setdefault(id(scope), Entered(place, given))
        held = peek_at(frame, "self")
        if frame.f_code.co_name == "__aexit__" and held is not None:
            # The `async with` is being left: its exit is no longer on the stack.
            place = _own_line(outer)
            if place is not None:
                for scope, given in _scopes_in(held, None, 1):
                    held_by.setdefault(id(scope), Entered(place, given))
    return held_by | found
