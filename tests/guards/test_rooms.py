"""The rooms of the engine: who knows whom, counted over every kind of import."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from stepdbg.model.later import LATER

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "stepdbg" / "engine"

LARGEST_CIRCLE = 8
"""How many modules may know one another."""

WHOLE = frozenset(("DebuggedRun", "Session"))
TAKE_THE_WHOLE = 50
"""How many functions may take a whole run or session."""

ROOM = 15
"""How many modules a folder holds, those of one of a kind not counted."""

OF_A_KIND = {
    "linting": {
        *("endless_shields", "lost_events", "lost_generators", "lost_locks", "lost_senders"),
        *("never_awaited", "lost_objects"),
    },
    "waiting": {"recognisers", "libraries"},
}


def name_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted((ROOT / "stepdbg").rglob("*.py"))}
TREES = {
    name: ast.parse(path.read_text(encoding="utf-8"))
    for name, path in MODULES.items()
    if path.is_relative_to(ENGINE)
}


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(tree: ast.AST, *, everywhere: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """The import statements: all, or only those that run when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif everywhere or not (
            is_type_checking(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            yield from statements(node, everywhere=everywhere)


def imported(name: str, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (each.name for each in node.names)
        return
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    base = node.module or ""
    if node.level:
        above = package.split(".")
        above = above[: len(above) - (node.level - 1)]
        base = ".".join([*above, *([node.module] if node.module else [])])
    for each in node.names:
        full = f"{base}.{each.name}"
        yield full if full in MODULES else base


def graph(*, everywhere: bool) -> dict[str, set[str]]:
    """By module of the engine, those that it knows; a stand-in counts as its module."""
    return {
        name: {
            target
            for node in statements(tree, everywhere=everywhere)
            for target in imported(name, node)
            if target in TREES and target != name and (everywhere or not is_later(target))
        }
        for name, tree in TREES.items()
    }


def is_later(name: str) -> bool:
    package, _, module = name.rpartition(".")
    return module in LATER.get(package, "").split()


def circles(edges: dict[str, set[str]]) -> list[set[str]]:
    """The largest sets of modules in which each leads to each: Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in edges[name]:
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            at = stack.index(name)
            found.append(set(stack[at:]))
            del stack[at:]

    for name in edges:
        if name not in index:
            visit(name)
    return sorted((each for each in found if len(each) > 1), key=len, reverse=True)


@pytest.fixture(autouse=True)
def deep_enough() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 5_000))
    yield
    sys.setrecursionlimit(before)


def test_a_circle_is_found() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert circles(edges) == [{"a", "b", "c"}, {"d", "e"}]


def test_few_modules_know_one_another() -> None:
    edges = graph(everywhere=True)
    assert sum(map(len, edges.values())) > 300, "imports are found at all"
    largest = max(circles(edges), key=len, default=set())
    assert len(largest) <= LARGEST_CIRCLE, sorted(largest)


def test_no_circle_when_modules_are_imported() -> None:
    edges = graph(everywhere=False)
    assert sum(map(len, edges.values())) > 200
    assert circles(edges) == []


def test_no_circle_in_the_launcher() -> None:
    """Also none by an import in a function: who is told what is handed what it uses."""
    launcher = {name: path for name, path in MODULES.items() if ".launcher." in name}
    edges = {
        name: {
            target
            for node in statements(ast.parse(path.read_text(encoding="utf-8")), everywhere=True)
            for target in imported(name, node)
            if target in launcher and target != name
        }
        for name, path in launcher.items()
    }
    assert edges["stepdbg.launcher.launch"] >= {"stepdbg.launcher.pausing"}
    assert circles(edges) == []


def test_few_functions_take_a_whole_run_or_session() -> None:
    takers = [
        f"{name}:{node.name}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for each in [*node.args.args, *node.args.kwonlyargs]
        if each.annotation is not None and ast.unparse(each.annotation).strip("'\"") in WHOLE
    ]
    assert takers, "the whole is taken somewhere"
    assert len(takers) <= TAKE_THE_WHOLE, takers
    assert {each.split(":")[0].split(".")[2] for each in takers} == {"running"}


def test_nobody_else_assigns_attributes_of_a_run_or_session() -> None:
    """`run.x = …`, `session.x = …` and `house.x = …` stand nowhere: each has a method for it."""
    found = []
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                owner = ast.unparse(node.value).rpartition(".")[2]
                if owner in ("run", "_run", "session", "_session", "house", "_house"):
                    found.append(f"{name}:{node.lineno} {ast.unparse(node)}")
    assert found == []


FOLDERS = sorted(path for path in ENGINE.iterdir() if (path / "__init__.py").exists())


def test_there_are_rooms() -> None:
    assert len(FOLDERS) > 10
    assert [path.name for path in ENGINE.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_room_says_what_it_owns_and_is_not_crowded(folder: Path) -> None:
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert "Owns:" in said
    assert "Does not own:" in said
    assert "May be imported by:" in said
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert len(modules - OF_A_KIND.get(folder.name, set())) <= ROOM, sorted(modules)


def _documented() -> dict[str, tuple[set[str], set[str]]]:
    """By the name of a class: what it inherits from or implements, and its documented methods."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in sorted((ROOT / "stepdbg").rglob("*.py")):
        for owner in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(owner, ast.ClassDef):
                first_line = (ast.get_docstring(owner) or "").partition("\n")[0]
                above = {ast.unparse(base).rpartition(".")[2] for base in owner.bases}
                above |= set(re.findall(r"`(?:\w+\.)*(\w+)`", first_line))
                functions = [each for each in owner.body if isinstance(each, ast.FunctionDef)]
                methods = {each.name for each in functions if ast.get_docstring(each)}
                known = found.get(owner.name, (set(), set()))  # of another class of that name
                found[owner.name] = known[0] | above - {owner.name}, known[1] | methods
    for abstract in (trio.abc.Instrument, trio.abc.Clock):
        found[abstract.__name__] = set(), set(dir(abstract))
    return found


DOCUMENTED = _documented()


def is_documented(owner: str, method: str) -> bool:
    """Whether a class documents a method, or what it inherits from or implements does."""
    names, seen = [owner], set[str]()
    while names:
        name = names.pop()
        above, methods = DOCUMENTED.get(name, (set(), set()))
        if method in methods:
            return True
        seen.add(name)
        names += above - seen
    return False


def test_every_public_method_says_what_it_is() -> None:
    """An override may leave that to what the class statement or the docstring's first line names.

    The methods of the engine's protocols are documented where they are implemented.
    """
    methods, silent = 0, []
    for name, tree in TREES.items():
        for owner in ast.walk(tree):
            if (
                not isinstance(owner, ast.ClassDef)
                or owner.name.startswith("_")
                or any("Protocol" in ast.unparse(base) for base in owner.bases)
            ):
                continue
            for node in owner.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    methods += 1
                    # A setter says nothing that its property does not say.
                    setter = any(ast.unparse(d).endswith(".setter") for d in node.decorator_list)
                    if not setter and not is_documented(owner.name, node.name):
                        silent.append(f"{name}:{node.lineno} {owner.name}.{node.name}")
    assert methods > 400
    assert silent == []


def test_no_docstring_only_points_at_another_one() -> None:
    pointers = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and re.fullmatch(r"See `[\w.]+`\.", ast.get_docstring(node) or "")
    ]
    assert pointers == []


def test_the_page_on_architecture_names_modules_that_are_there() -> None:
    """Each `room.module` of the walks and recipes is a module, and each path a file."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.name for path in FOLDERS}
    others = {"model", "commands", "render", "archive", "frontends", "launcher", "_trio_internals"}
    named = re.findall(r"`([a-z_]+)\.([a-z_]+)`", page)
    known = [(room, module) for room, module in named if room in rooms | others]
    assert len(known) > 50
    missing = [
        f"{room}.{module}"
        for room, module in known
        if not (ENGINE / room / f"{module}.py").exists()
        and not (ROOT / "stepdbg" / room / f"{module}.py").exists()
        and not (ROOT / "stepdbg" / room / module).is_dir()
    ]
    assert missing == []
    paths = re.findall(
        r"`((?:engine|model|render|commands|tests|archive|docs)/[a-z_/]+\.\w+)", page
    )
    assert paths
    assert [
        each for each in paths if not ((ROOT / each).exists() or (ROOT / "stepdbg" / each).exists())
    ] == []


SHRED = 60
"""Lines of a module below which more than one other must import it, unless it is of a kind."""


def test_no_module_is_a_shred() -> None:
    importers: dict[str, set[str]] = {name: set() for name in TREES}
    for name, path in MODULES.items():
        tree = TREES.get(name) or ast.parse(path.read_text(encoding="utf-8"))
        for node in statements(tree, everywhere=True):
            for target in imported(name, node):
                if target in importers and target != name:
                    importers[target].add(name)
    assert len(importers) > 100
    shreds = {
        name: sorted(found)
        for name, found in importers.items()
        if len(found) < 2
        and MODULES[name].name != "__init__.py"
        and len(MODULES[name].read_text(encoding="utf-8").splitlines()) < SHRED
        and MODULES[name].stem not in OF_A_KIND.get(name.split(".")[2], set())
    }
    assert shreds == {}
