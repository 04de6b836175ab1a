"""No import of ours goes through the program's import machinery."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "stepdbg"
SEALED = PACKAGE / "sealed"
OTHER_WAYS = {"import_module", "__import__", "run_module", "run_path", "exec_module", "reload"}
"""What imports, or executes a module, in the program's way."""

ALLOWED = {
    "sealed": "the importer itself",
    "engine/lines/loaders.py": "replaces methods of the program's loaders, and calls none",
    "launcher/import_hook.py": "serves the program's own import of Trio",
    "launcher/like_python": "finds the program itself, as Python does",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))


def other_ways(tree: ast.Module) -> Iterator[str]:
    """What a module imports by, besides import statements."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from {node.attr} & OTHER_WAYS
        elif isinstance(node, ast.Name):
            yield from {node.id} & OTHER_WAYS
        elif isinstance(node, ast.ImportFrom):
            yield from {each.name for each in node.names} & OTHER_WAYS


@pytest.mark.parametrize(
    "text",
    [
        "from importlib import import_module",
        "import importlib; importlib.import_module('json')",
        "__import__('json')",
        "import builtins; builtins.__import__('json')",
        "import runpy; runpy.run_path('x')",
        "spec.loader.exec_module(module)",
    ],
)
def test_another_way_is_noticed(text: str) -> None:
    assert list(other_ways(ast.parse(text)))


def test_ours_import_by_import_statements_only() -> None:
    """These go to the importer, in any function of any module that it has loaded."""
    found = {
        name: ways
        for name, tree in modules()
        if not name.startswith(tuple(ALLOWED)) and (ways := set(other_ways(tree)))
    }
    assert found == {}


def test_the_importer_takes_its_own_builtins_before_it_makes_a_function() -> None:
    """Its modules are the only ones that the interpreter loads in its own way."""
    assert list(SEALED.glob("*.py"))
    line = 'globals()["__builtins__"] = BUILTINS'
    for path in sorted(SEALED.glob("*.py")):
        if path.name == "own.py":
            continue
        top = ast.parse(path.read_text(encoding="utf-8")).body
        kinds = [
            "taken" if ast.unparse(node).replace("'", '"') == line else type(node).__name__
            for node in top
        ]
        makes = [n for n, kind in enumerate(kinds) if kind in ("FunctionDef", "ClassDef")]
        assert kinds.count("taken") == 1, path
        assert not makes or kinds.index("taken") < makes[0], path


def test_the_importer_imports_nothing_that_is_read_from_a_file() -> None:
    """Nothing that lies beside the program can be in its way."""
    assert list(SEALED.glob("*.py"))
    known = {"__future__", "types", "_frozen_importlib", "_frozen_importlib_external", "zipimport"}
    known |= {"os.path", *sys.builtin_module_names}
    for path in sorted(SEALED.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                named.add(node.module or "")
        assert named <= known, path
