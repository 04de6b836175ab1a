"""The ``with`` statements of a file.

Owns: which of them are around a line, and what they enter, as far as the source says.
Does not own: what they have entered in a frame (scope_places).
"""

from __future__ import annotations

from types import CodeType
from typing import TypeAlias

from stepdbg.model.records import dataclass
from stepdbg.model.standard import ast

from . import source_texts

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

TIMEOUTS = {"move_on_after": "", "fail_after": "", "CancelScope": "relative_deadline"}
"""Functions that make a scope with a timeout, by the end of their name, with that argument.

An empty name means the first argument; Trio calls it ``seconds``, AnyIO ``delay``.
"""


_MAKERS = {
    **dict.fromkeys((*TIMEOUTS, "move_on_at", "fail_at"), "scope"),
    **dict.fromkeys(("open_nursery", "create_task_group"), "nursery"),
}
"""Functions whose result enters its own scope, by the last part of their name."""


@dataclass(frozen=True, slots=True)
class With:
    """One item of a ``with`` statement: the line of its expression, the lines of its body.

    seconds: the argument that says how long the scope lasts that it enters; None without one.
    makes: ``scope`` or ``nursery``, by the name of the called function; empty for anything else.
    name: the variable, or the attribute of one, after ``as``; empty without one.
    statement: the line of the keyword ``with``.
    """

    line: int
    first: int
    last: int
    seconds: ast.expr | None
    makes: str
    name: str
    statement: int


_with_blocks: dict[str, dict[int, tuple[With, ...]]] = {}


def parsed(filename: str) -> ast.Module | None:
    """The syntax tree of a file; None if it has no source that can be parsed."""
    try:
        return ast.parse("".join(source_texts.read_source(filename)))
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return None


def first_line(node: ast.AST) -> int:
    """The line at which the code of a function or class begins: that of a decorator."""
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno if decorators else getattr(node, "lineno", 1))


def _collect(node: ast.AST, owner: int, found: dict[int, list[With]]) -> None:
    for child in ast.iter_child_nodes(node):
        inside = owner
        if isinstance(child, FunctionNode | ast.ClassDef):
            inside = first_line(child)
        elif isinstance(child, ast.With | ast.AsyncWith):
            first, last = child.body[0].lineno, child.end_lineno or child.lineno
            blocks = found.setdefault(owner, [])
            blocks.extend(_with(item, child.lineno, first, last) for item in child.items)
        _collect(child, inside, found)


def _with(item: ast.withitem, statement: int, first: int, last: int) -> With:
    made, into = item.context_expr, item.optional_vars
    called = _called(made)
    return With(
        made.lineno,
        first,
        last,
        _seconds(made),
        _MAKERS.get(called, ""),
        _name(into) or _name(made),
        statement,
    )


def _name(node: ast.expr | None) -> str:
    """A variable, or an attribute of one, as it is written; empty for anything else."""
    if isinstance(node, ast.Attribute):
        owner = _name(node.value)
        return f"{owner}.{node.attr}" if owner and "." not in owner else ""
    return node.id if isinstance(node, ast.Name) else ""


def _called(made: ast.expr) -> str:
    """The last part of the name of the called function; empty if this is not a call."""
    if not isinstance(made, ast.Call):
        return ""
    called = made.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _seconds(made: ast.expr) -> ast.expr | None:
    """The argument that says how long a scope lasts, in the expression that makes the scope."""
    keyword = TIMEOUTS.get(_called(made))
    if keyword is None or not isinstance(made, ast.Call):
        return None
    wanted = (keyword,) if keyword else ("seconds", "delay")
    named = next((each.value for each in made.keywords if each.arg in wanted), None)
    return made.args[0] if named is None and not keyword and made.args else named


def _blocks_of_file(filename: str) -> dict[int, tuple[With, ...]]:
    """The ``with`` items of a file, by the first line of the function that they are in."""
    known = _with_blocks.get(filename)
    if known is None:
        found: dict[int, list[With]] = {}
        module = parsed(filename)
        try:
            if module is not None:
                _collect(module, 1, found)
        except RecursionError:
            found = {}
        known = _with_blocks[filename] = {line: tuple(items) for line, items in found.items()}
    return known


def around(code: CodeType, line: int) -> list[With]:
    """The items in whose body a line is, outermost first."""
    blocks = _blocks_of_file(code.co_filename).get(code.co_firstlineno, ())
    return [block for block in blocks if block.first <= line <= block.last]


def left_at(code: CodeType, line: int) -> list[With]:
    """The items that are entered or left at a line, which is not in their body."""
    blocks = _blocks_of_file(code.co_filename).get(code.co_firstlineno, ())
    return [block for block in blocks if block.line == line < block.first]


def statement_at(code: CodeType, line: int) -> list[With]:
    """All items of the ``with`` that is entered or left at a line, outermost first."""
    blocks = _blocks_of_file(code.co_filename).get(code.co_firstlineno, ())
    # Which of its lines has the instructions of the end depends on the Python version.
    at = {b.statement for b in blocks if line in (b.line, b.statement) and line < b.first}
    return [block for block in blocks if len(at) == 1 and block.statement in at]
