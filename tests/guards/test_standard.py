"""Functions of the standard library are looked up in the copies of `model.standard`, not late."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepdbg.model import standard

ROOT = Path(__file__).parents[2] / "stepdbg"
STANDARD = ROOT / "model" / "standard.py"
COPIED = frozenset(standard.__all__)

BEFORE_THE_PROGRAM = {ROOT / "__init__.py", ROOT / "__main__.py"}
"""Modules that are there before the copies, or whose functions run before the program does."""

LATE = {
    "engine/lines/program_trace.py": {"sys": "it puts functions of ours in places of `sys`"},
    "model/depth.py": {"sys": "its version, and functions that it takes at once"},
    "engine/process/clock.py": {"time": "the function that Trio has: whoever freezes both"},
    "_trio_internals/recording.py": {"time": "the same, for the times of notes"},
    "engine/recording/recorder.py": {"time": "the same"},
    "engine/process/standard_streams.py": {"sys": "it sets streams"},
    "launcher/like_python/target.py": {"sys": "it sets arguments and the path"},
    "launcher/like_python/uncaught.py": {"sys": "it sets what the interpreter keeps of an error"},
    "launcher/launch.py": {"sys": "it looks at the path, before the program"},
    "launcher/taping/standard_input.py": {"sys": "it sets a stream"},
    "launcher/pausing.py": {"sys": "it sets hooks"},
}
"""Modules that import one of these from the real library, with the reason."""


def imported_late(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and name of each copied module that code imports from the library itself.

    Names of constants and of classes that are taken from it at once are bound, and fine.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names if each.name in COPIED)
        elif isinstance(node, ast.ImportFrom) and node.module in BOUND_AT_ONCE:
            yield node.lineno, node.module
        yield from imported_late(node)


BOUND_AT_ONCE = frozenset(("gc", "io", "itertools", "os", "threading", "time"))
"""What a late import of ours would take from these could be the program's own already."""


def modules() -> list[Path]:
    return [each for each in ROOT.rglob("*.py") if "sealed" not in each.relative_to(ROOT).parts]


def test_no_module_of_ours_looks_up_a_function_late() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules()
        for line, name in imported_late(ast.parse(path.read_text(encoding="utf-8")))
        if path != STANDARD
        and path not in BEFORE_THE_PROGRAM
        and name not in LATE.get(str(path.relative_to(ROOT)), ())
    }
    assert found == set(), "import it from stepdbg.model.standard"


def test_what_is_late_is_still_there() -> None:
    assert LATE
    for path, names in LATE.items():
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert {name for _, name in imported_late(tree)} == set(names), path


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "def f():\n    import os.path, threading",
        "from time import monotonic",
        "try:\n    from itertools import islice\nfinally:\n    pass",
    ],
)
def test_such_imports_are_noticed(code: str) -> None:
    assert list(imported_late(ast.parse(code)))


@pytest.mark.parametrize("name", standard.__all__)
def test_a_copy_has_all_that_its_module_has(name: str) -> None:
    copy, module = getattr(standard, name), __import__(name)
    assert copy is not module
    assert copy.__name__ != name
    missing = {each for each in vars(module) if not hasattr(copy, each)}
    assert missing == set()


def test_names_that_are_late_have_reasons() -> None:
    assert len(standard.LATE) > 2
    for name, late in standard.LATE.items():
        assert name in COPIED
        for each, reason in late.items():
            assert reason
            assert hasattr(sys.modules[name], each) or each.startswith("_")
            assert each not in vars(getattr(standard, name))
