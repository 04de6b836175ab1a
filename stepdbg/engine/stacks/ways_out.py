"""The ways in which a function with a loop can have returned.

Owns: finding them in the source, given whether the function has returned None.
Does not own: reading statements (statements), which function it was, or the words (render).

A function that has returned keeps no sign of the line at which it did.  If its source has only one
way out, that is the line; else the source gives the possible ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CodeType

from stepdbg.model.standard import ast
from stepdbg.model.task import Way, WayKind

from . import statements
from .with_blocks import FunctionNode

_LOOPS = (ast.While, ast.For, ast.AsyncFor)

_NEVER_NONE = (ast.Tuple, ast.List, ast.Dict, ast.Set, ast.JoinedStr, ast.ListComp, ast.DictComp)

_MAY_END = ("move_on", "CancelScope", "suppress", "open_nursery")
"""Parts of names of context managers that may cut their `with` block short."""


def ways_out(code: CodeType, *, none: bool) -> tuple[Way, ...]:
    """How a function can have returned; empty if it has no source or no loop.

    Args:
        none: whether it has returned None.
    """
    node = statements.function_of(code)
    if node is None or isinstance(node, ast.Lambda):
        return ()
    loops = list(_loops(node.body))
    if not loops:
        return ()
    found = [_by(each) for each in _returns(node.body) if _may_return(each, none=none)]
    if none and _goes_through(node.body):
        found += _of_loop(loops[-1])
        found += _cut_short(node.body, loops[-1])
    return tuple(sorted(found, key=lambda way: way.line))


def _by(node: ast.Return) -> Way:
    return Way(WayKind.RETURN, node.lineno, ast.unparse(node).partition("\n")[0])


def _inside(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions within it."""
    for node in body:
        if not isinstance(node, FunctionNode | ast.ClassDef):
            yield node
            yield from _inside(ast.iter_child_nodes(node))


def _loops(body: Iterable[ast.AST]) -> Iterator[ast.While | ast.For | ast.AsyncFor]:
    """The loops that are not inside another loop."""
    for node in body:
        if isinstance(node, _LOOPS):
            yield node
        elif not isinstance(node, FunctionNode | ast.ClassDef):
            yield from _loops(ast.iter_child_nodes(node))


def _returns(body: Iterable[ast.AST]) -> list[ast.Return]:
    return [node for node in _inside(body) if isinstance(node, ast.Return)]


def _may_return(node: ast.Return, *, none: bool) -> bool:
    """Whether a `return` may have given the returned value."""
    value = node.value
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return none
    return not (none and isinstance(value, ast.Constant | _NEVER_NONE))


def _of_loop(loop: ast.While | ast.For | ast.AsyncFor) -> Iterator[Way]:
    """How a loop ends without a `return`."""
    for node in statements.ways_out(loop.body):
        if isinstance(node, ast.Break):
            yield Way(WayKind.BREAK, node.lineno, "break")
    if not (isinstance(loop, ast.While) and statements.is_true(loop.test)):
        kind = WayKind.FALSE if isinstance(loop, ast.While) else WayKind.OVER
        yield Way(kind, loop.lineno, statements.head_of(loop))


def _cut_short(body: Iterable[ast.AST], loop: ast.stmt) -> Iterator[Way]:
    """The `with` blocks around a loop that may have cut it short."""
    for node in _inside(body):
        if isinstance(node, ast.With | ast.AsyncWith) and statements.covers(node.body, loop.lineno):
            head = statements.head_of(node)
            if any(name in head for name in _MAY_END):
                yield Way(WayKind.CUT_SHORT, node.lineno, head)


def _goes_through(body: list[ast.stmt]) -> bool:
    """Whether the end of some statements can be reached."""
    return all(map(_may_end, body))


def _may_end(node: ast.stmt) -> bool:
    match node:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return False
        case ast.While() if statements.is_true(node.test):
            return any(isinstance(each, ast.Break) for each in statements.ways_out(node.body))
        case ast.If():
            return _goes_through(node.body) or _goes_through(node.orelse)
        case ast.With() | ast.AsyncWith():
            head = statements.head_of(node)
            return _goes_through(node.body) or any(name in head for name in _MAY_END)
        case ast.Try() | ast.TryStar():
            handled = any(_goes_through(each.body) for each in node.handlers)
            plain = _goes_through(node.body) and _goes_through(node.orelse)
            return _goes_through(node.finalbody) and (plain or handled)
        case _:
            return True
