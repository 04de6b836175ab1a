"""What the statements around a line mean: loops that only poll, clean-up.

Owns: judging statements.  Does not own: finding them (stacks.statements), the lints that use this.
"""

from __future__ import annotations

from types import CodeType
from typing import Final

from stepdbg.engine.stacks.catching import last_name
from stepdbg.engine.stacks.statements import covers, statements_around
from stepdbg.model.standard import ast

_CHECKPOINTS: Final = frozenset(("checkpoint", "cancel_shielded_checkpoint", "sleep"))

_HARMLESS: Final = frozenset(
    "bool len isinstance is_set is_alive done empty full qsize locked poll closed cancelled "  # noqa: SIM905 - a list of strings reads worse
    "exists is_file time monotonic perf_counter current_time".split()
)
"""Functions and methods that do no work: a loop that calls only these makes no progress."""


# -- clean-up ------------------------------------------------------------------------------


def has_cleanup_around(code: CodeType, line: int) -> bool:
    """Whether a generator that is closed at a `yield` would run any clean-up."""
    return any(
        isinstance(each, ast.With | ast.AsyncWith)
        or (isinstance(each, ast.Try | ast.TryStar) and covers(each.body, line))
        for each in statements_around(code, line)
    )


# -- loops ---------------------------------------------------------------------------------


def polling_loop(code: CodeType, line: int) -> int | None:
    """The line of a `while` around this line, if it only tests and passes checkpoints."""
    for each in reversed(statements_around(code, line)):
        if isinstance(each, ast.For | ast.AsyncFor):
            return None
        if isinstance(each, ast.While):
            idle = _is_idle_test(each.test) and all(map(_is_idle, each.body))
            return each.lineno if idle else None
    return None


def _is_idle(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Return():
            return True
        case ast.Expr(ast.Constant()):
            return True
        case ast.Expr(ast.Await(ast.Call() as call)):
            return _is_checkpoint(call)
        case ast.If():
            return _is_idle_test(statement.test) and all(
                map(_is_idle, [*statement.body, *statement.orelse])
            )
        case _:
            return False


def _is_checkpoint(call: ast.Call) -> bool:
    if last_name(call.func) not in _CHECKPOINTS:
        return False
    return not call.keywords and all(
        isinstance(each, ast.Constant) and each.value == 0 for each in call.args
    )


def _is_idle_test(test: ast.expr) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and last_name(node.func) not in _HARMLESS:
            return False
        if isinstance(node, ast.Await | ast.NamedExpr | ast.Yield | ast.YieldFrom):
            return False
    return True
