"""A test whose asserts all stand in a loop says first that there is something to loop over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor


def parametrised(test: Function) -> set[str]:
    """The arguments that `parametrize` gives to a test, from a table that can be read there."""
    names: set[str] = set()
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize"):
            given = ast.literal_eval(decorator.args[0])
            names.update(given.replace(",", " ").split() if isinstance(given, str) else given)
    return names


def goes_round(iterable: ast.expr, given: set[str]) -> bool:
    """Whether one can read in the test that there is something in it."""
    match iterable:
        case ast.Tuple(elements) | ast.List(elements) | ast.Set(elements):
            return any(not isinstance(each, ast.Starred) for each in elements)
        case ast.Constant(value):
            return bool(value)
        case ast.Call(ast.Name("range"), arguments):
            return all(isinstance(each, ast.Constant) for each in arguments)
        case ast.Name(name):
            return name in given
    return False


def only_in_loops(test: Function) -> bool:
    """Whether a test asserts something, and nothing of it if what it loops over is empty."""
    given = parametrised(test)
    inside: set[int] = set()
    for loop in ast.walk(test):
        if isinstance(loop, Loop) and not goes_round(loop.iter, given):
            inside.update(id(node) for part in loop.body for node in ast.walk(part))
    asserts = [id(node) for node in ast.walk(test) if isinstance(node, ast.Assert)]
    return bool(asserts) and inside.issuperset(asserts)


def in_tree(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.name.startswith("test_"):
            yield node


def test_what_is_looped_over_is_there() -> None:
    found = [
        (f"{path.relative_to(TESTS)}:{test.lineno}", test)
        for path in sorted(TESTS.rglob("test_*.py"))
        if "programs" not in path.parts
        for test in in_tree(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert len(found) > 1000
    assert [where for where, test in found if only_in_loops(test)] == []


@pytest.mark.parametrize(
    ("body", "empty"),
    [
        ("for each in found(): assert each", True),
        ("for _ in range(len(x)): assert y", True),
        ("for each in TABLE:\n  for other in (1, 2): assert other", True),
        ("for each in (*more,): assert each", True),
        ("for each in other: assert each", True),
        ("assert found()\nfor each in found(): assert each", False),
        ("for each in 1, 2: assert each", False),
        ("for _ in range(3): assert x", False),
        ("for each in given: assert each", False),
        ("for each in found(): each()\nassert each", False),
        ("x()", False),
    ],
)
def test_what_counts_as_such_a_test(body: str, empty: bool) -> None:
    indented = "\n  ".join(body.splitlines())
    source = f"@pytest.mark.parametrize('given', [1])\ndef test_it(given):\n  {indented}"
    (test,) = in_tree(ast.parse(source))
    assert only_in_loops(test) is empty
