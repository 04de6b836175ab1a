"""What the source says around a line: the statements that the line is in.

Owns: finding the function of a code object in its source, the statements around a line, and the
expression that is awaited.
Does not own: what follows from them (waiting, failing, linting).

If the source cannot be read, or does not fit the code, the answer is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from types import CodeType

from stepdbg.model.records import dataclass
from stepdbg.model.standard import ast, itertools
from stepdbg.model.waits import Block, Part

from .frames import place_of_code
from .source_texts import read_source
from .with_blocks import FunctionNode, first_line, parsed

_KEPT = 2_000

_BODIES = frozenset(("body", "orelse", "finalbody", "handlers"))

_module = lru_cache(maxsize=64)(parsed)


@dataclass(frozen=True, slots=True)
class _Opening:
    """A `Block` before it has a place: the line that opens it."""

    part: Part
    line: int
    head: str
    endless: bool = False
    cleanup: int | None = None


def function_of(code: CodeType) -> FunctionNode | None:
    """The function of a code object."""
    return _function(code.co_filename, code.co_firstlineno, code.co_name)


@lru_cache(maxsize=_KEPT)
def _function(filename: str, first: int, name: str) -> FunctionNode | None:
    module = _module(filename)
    for node in () if module is None else ast.walk(module):
        if (
            isinstance(node, FunctionNode)
            and first_line(node) == first
            and getattr(node, "name", "<lambda>") == name
        ):
            return node
    return None


def covers(statements: Iterable[ast.AST], line: int) -> bool:
    """Whether a line belongs to one of some statements."""
    return any(
        getattr(each, "lineno", 0) <= line <= (getattr(each, "end_lineno", 0) or 0)
        for each in statements
    )


def _around(node: ast.AST, line: int) -> Iterator[ast.stmt]:
    """The statements of a function around a line, outermost first."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode | ast.ClassDef):
            continue
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case) and (
            isinstance(child, ast.match_case) or covers((child,), line)
        ):
            if isinstance(child, ast.stmt):
                yield child
            yield from _around(child, line)


def statements_around(code: CodeType, line: int) -> list[ast.stmt]:
    """The statements of a code object's function around a line, outermost first."""
    node = function_of(code)
    return [] if node is None or isinstance(node, ast.Lambda) else list(_around(node, line))


def nursery_around(code: CodeType, line: int) -> int | None:
    """The line of the innermost `async with` that a line is in, or is the head of."""
    for each in reversed(statements_around(code, line)):
        if isinstance(each, ast.AsyncWith):
            return each.lineno
    return None


# -- the expression that a frame awaits ----------------------------------------------------


def awaited_of(code: CodeType, offset: int) -> str:
    """The object whose method a suspended frame awaits: ``gate`` in ``await gate.wait()``.

    For an `async with` or `async for`, it is the expression that is entered or iterated over.

    Args:
        offset: the ``f_lasti`` of the frame.

    Returns:
        Its source; empty if the frame awaits anything else.
    """
    where = next(itertools.islice(code.co_positions(), offset // 2, None), None)
    if where is None or None in where:
        return ""
    return _awaited(code.co_filename, code.co_firstlineno, code.co_name, where)


@lru_cache(maxsize=_KEPT)
def _awaited(filename: str, first: int, name: str, where: tuple[int | None, ...]) -> str:
    node = _function(filename, first, name)
    there = () if node is None else filter(partial(_stands_at, where), ast.walk(node))
    found = next(filter(None, map(_owner_of_awaited, there)), None)
    return "" if found is None else ast.unparse(found)


def _stands_at(where: tuple[int | None, ...], node: ast.AST) -> bool:
    names = ("lineno", "end_lineno", "col_offset", "end_col_offset")
    return tuple(getattr(node, each, None) for each in names) == where


def _owner_of_awaited(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Await):
        called = node.value.func if isinstance(node.value, ast.Call) else None
        return called.value if isinstance(called, ast.Attribute) else None
    if isinstance(node, ast.AsyncWith):  # before Python 3.13 its place is that of the statement
        return node.items[0].context_expr if len(node.items) == 1 else None
    if isinstance(node, ast.AsyncFor):
        return node.iter
    return node if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else None


# -- the block that a line is in -----------------------------------------------------------


def block_around(code: CodeType, line: int) -> Block | None:
    """The innermost loop, `with`, `if` or `try` with a `finally` around a line.

    A statement's own head is not inside the statement.  But an `async for` that waits for its next
    item counts as inside its loop.
    """
    found = _opening(code.co_filename, code.co_firstlineno, code.co_name, line)
    if found is None:
        return None
    place = place_of_code(code, found.line)
    return Block(found.part, place, found.head, found.endless, found.cleanup)


@lru_cache(maxsize=_KEPT)
def _opening(filename: str, first: int, name: str, line: int) -> _Opening | None:
    node = _function(filename, first, name)
    if node is None or isinstance(node, ast.Lambda):
        return None
    for each in reversed(list(_around(node, line))):
        found = _opening_of(each, line, filename)
        if found is not None:
            return found
    return None


def _opening_of(node: ast.stmt, line: int, filename: str) -> _Opening | None:
    """Which part of a statement a line is in; None if that says nothing."""
    if isinstance(node, ast.While | ast.For | ast.AsyncFor):
        takes = isinstance(node, ast.AsyncFor) and line == node.lineno
        if takes or covers(node.body, line):
            return _Opening(Part.LOOP, node.lineno, head_of(node), _is_endless(node))
        return None
    if isinstance(node, ast.With | ast.AsyncWith) and covers(node.body, line):
        return _Opening(Part.WITH, node.lineno, head_of(node))
    if isinstance(node, ast.If):
        if covers(node.body, line):
            return _Opening(Part.IF, node.lineno, head_of(node))
        # An `elif` counts as a separate `if`.
        other = covers(node.orelse, line)
        return _Opening(Part.ELSE, node.lineno, Part.ELSE) if other else None
    return (
        _opening_of_try(node, line, filename) if isinstance(node, ast.Try | ast.TryStar) else None
    )


def _opening_of_try(node: ast.Try | ast.TryStar, line: int, filename: str) -> _Opening | None:
    end = _keyword_before(node.finalbody, "finally", filename) if node.finalbody else None
    if end is not None and covers(node.finalbody, line):
        return _Opening(Part.FINALLY, end, Part.FINALLY)
    for handler in node.handlers:
        if covers(handler.body, line):
            return _Opening(Part.EXCEPT, handler.lineno, head_of(handler))
    return None if end is None else _Opening(Part.TRY, node.lineno, Part.TRY, cleanup=end)


def head_of(node: ast.stmt | ast.ExceptHandler) -> str:
    """The head of a compound statement in one line, without its body."""
    parts = {name: value for name, value in ast.iter_fields(node) if name not in _BODIES}
    bodies: dict[str, list[ast.stmt]] = {name: [] for name in node._fields if name in _BODIES}
    alone = type(node)(**{**parts, **bodies, "body": [ast.Pass()]})
    return ast.unparse(ast.fix_missing_locations(alone)).splitlines()[0]


def _keyword_before(body: list[ast.stmt], keyword: str, filename: str) -> int | None:
    """The line of the keyword that opens a body; `ast` does not record its place."""
    lines = read_source(filename)
    for line in range(min(body[0].lineno, len(lines)), 0, -1):
        if lines[line - 1].lstrip().startswith(keyword):
            return line
    return None


def _is_endless(loop: ast.While | ast.For | ast.AsyncFor) -> bool:
    """Whether only an exception from elsewhere can end a loop."""
    if not isinstance(loop, ast.While) or not is_true(loop.test):
        return False
    raises = any(isinstance(node, ast.Raise) for node in ast.walk(loop))
    return not raises and not any(ways_out(loop.body))


def is_true(test: ast.expr) -> bool:
    """Whether a test is a constant that makes a loop go on for ever."""
    return isinstance(test, ast.Constant) and bool(test.value)


def ways_out(body: Iterable[ast.AST], *, of_loop: bool = True) -> Iterator[ast.Break | ast.Return]:
    """The statements in a loop's body that leave the loop.

    of_loop: whether a `break` leaves this loop, and not one inside it.
    """
    for node in body:
        if isinstance(node, ast.Return) or (of_loop and isinstance(node, ast.Break)):
            yield node
        elif isinstance(node, ast.While | ast.For | ast.AsyncFor):
            yield from ways_out(node.body, of_loop=False)
            yield from ways_out(node.orelse, of_loop=of_loop)
        elif not isinstance(node, FunctionNode | ast.ClassDef | ast.expr):
            yield from ways_out(ast.iter_child_nodes(node), of_loop=of_loop)
