"""Which `except` clause catches a Cancelled that is raised at a line.

Owns: judging handlers by their source.  Does not own: finding statements (statements), handlers
of code objects (lines.handlers).
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType

from stepdbg.model.standard import ast

from .statements import covers, statements_around


def handler_that_takes_all(code: CodeType, line: int) -> tuple[int, str] | None:
    """The `except` clause that catches a Cancelled raised at a line, and how it is written.

    The innermost one in the function, unless it certainly raises the Cancelled again.
    """
    for handler in _takers(code, line):
        if not isinstance(handler.body[-1], ast.Raise):
            return _line_and_text(handler)
    return None


def handler_that_swallows(code: CodeType, line: int) -> tuple[int, str] | None:
    """The first `except` clause that catches it; None if that clause may raise something itself."""
    for handler in _takers(code, line):
        raises = any(isinstance(part, ast.Raise) for part in ast.walk(handler))
        return None if raises else _line_and_text(handler)
    return None


def _takers(code: CodeType, line: int) -> Iterator[ast.ExceptHandler]:
    """The clauses around a line that catch a Cancelled, innermost first."""
    for each in reversed(statements_around(code, line)):
        if isinstance(each, ast.Try) and covers(each.body, line):
            yield from (handler for handler in each.handlers if _takes_cancelled(handler.type))


def _line_and_text(handler: ast.ExceptHandler) -> tuple[int, str]:
    kind = "" if handler.type is None else f" {ast.unparse(handler.type)}"
    return handler.lineno, f"except{kind}"


def _takes_cancelled(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(map(_takes_cancelled, kind.elts))
    return last_name(kind) in ("BaseException", "Cancelled")


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
