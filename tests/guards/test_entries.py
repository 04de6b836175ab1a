"""Docstrings describe one argument or attribute a line.

An entry is ``name: what it is``, with a name of the documented class or function.  ``Args:`` and
``Attributes:`` stand on lines of their own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "stepdbg").rglob("*.py"))

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

ENTRY = re.compile(r"(?:^|(?<=[.;]))\s*([a-z_]\w*(?:, [a-z_]\w*)*): ")
HEADING = re.compile(r"\S.*\b(Args|Attributes):")


def crowded(source: str) -> Iterator[int]:
    """The lines of docstrings in which two entries begin, or a heading stands after a sentence."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, Documented):
            continue
        text = ast.get_docstring(node, clean=False)
        if text is None:
            continue
        names = set(_names(node))
        for number, line in enumerate(text.splitlines(), node.body[0].lineno):
            entries = [each for each in ENTRY.findall(line.strip()) if each.split(", ")[0] in names]
            if len(entries) > 1 or HEADING.search(line):
                yield number


def _names(node: Documented) -> Iterator[str]:
    """The names that a docstring may describe: arguments, fields, attributes and methods."""
    for each in ast.walk(node):
        if isinstance(each, ast.arg):
            yield each.arg
        elif isinstance(each, ast.Attribute):
            yield each.attr
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id
        elif isinstance(each, ast.FunctionDef):
            yield each.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_one_entry_a_line(path: Path) -> None:
    assert list(crowded(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("first: its size.  second: its place.", [3]),
        ("first: its size; second: its place.", [3]),
        ("Args: first: its size.", []),
        ("What it does.  Args: first: its size.", [3]),
        ("first, second: its size and place.", []),
        ("first: one of three: a, b or c.", []),
        ("first: its size.\n    second: its place.", []),
    ],
)
def test_crowded_lines_are_noticed(text: str, found: list[int]) -> None:
    source = f'def function(first, second):\n    """Do it.\n    {text}\n    """\n'
    assert list(crowded(source)) == found
