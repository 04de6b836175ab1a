"""Sizes that keep the source readable, and docstrings that say who owns what."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "stepdbg"

MODULE_LINES = 400
LONG_MODULE_LINES = 600
REASON = "Longer than most modules:"
"""What a docstring says, followed by the reason, when a module may have `LONG_MODULE_LINES`."""

CLASS_METHODS = 15
CLASS_LINES = 200
FUNCTION_LINES = 50
MEDIAN_FUNCTION_LINES = 8

FORBIDDEN_NAMES = {"utils", "util", "helper", "helpers", "manager", "data", "info", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
MODULES = sorted(PACKAGE.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def body_lines(function: Function) -> int:
    """Lines of a body, its docstring not counted."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions() -> Iterator[tuple[str, Function]]:
    for path in MODULES:
        for node in ast.walk(parse(path)):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.name}", node


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    for path in MODULES:
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ClassDef):
                yield f"{path.relative_to(ROOT)}:{node.name}", node


def is_protocol(node: ast.ClassDef) -> bool:
    """A protocol lists what others implement: it has no code to keep small."""
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def method_names(node: ast.ClassDef) -> set[str]:
    return {member.name for member in node.body if isinstance(member, Function)}


PROTOCOLS = {node.name: method_names(node) for _, node in classes() if is_protocol(node)}


def own_methods(node: ast.ClassDef) -> set[str]:
    """A class's methods without those of a protocol named in its docstring's first line."""
    first_line = (ast.get_docstring(node) or "").partition("\n")[0]
    owed = [PROTOCOLS.get(name, set()) for name in re.findall(r"`(\w+)`", first_line)]
    return method_names(node).difference(*owed)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module(path: Path) -> None:
    docstring = ast.get_docstring(parse(path))
    assert docstring, "a module says what it owns and what it does not"
    limit = LONG_MODULE_LINES if REASON in docstring else MODULE_LINES
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit
    assert path.stem not in FORBIDDEN_NAMES


def test_functions_are_short() -> None:
    sizes = {name: body_lines(node) for name, node in functions()}
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES} == {}
    assert statistics.median(sizes.values()) <= MEDIAN_FUNCTION_LINES


def test_classes_are_small() -> None:
    too_big = {}
    for name, node in classes():
        methods = len(own_methods(node))
        lines = (node.end_lineno or 0) - node.lineno + 1
        if (methods > CLASS_METHODS or lines > CLASS_LINES) and not is_protocol(node):
            too_big[name] = (methods, lines)
    assert too_big == {}
