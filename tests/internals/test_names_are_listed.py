"""No private name of Trio is used that the list does not have.

What counts as one, in the modules of `_trio_internals`: what is imported from a private module of
Trio's; an attribute that begins with an underscore; an attribute that a private class of Trio's
has, such as `Runner.io_manager`; and each of these where it stands as a string (`getattr`).
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio
import trio.abc
import trio.lowlevel
import trio.testing

import stepdbg._trio_internals
from stepdbg._trio_internals.names import PRIVATE_NAMES

FOLDER = Path(stepdbg._trio_internals.__file__).parent
PUBLIC_MODULES = (trio, trio.abc, trio.lowlevel, trio.testing)
PUBLIC = {name for module in PUBLIC_MODULES for name in vars(module) if not name.startswith("_")}

ASKING = ("getattr", "setattr", "hasattr", "delattr")
OF_OTHERS = {"_getframe"}
"""Private names that are not Trio's: `sys._getframe`."""


def private_modules() -> list[object]:
    """The modules of Trio's that define what a run is made of."""
    core = importlib.import_module("trio._core")
    found = [f"trio._core.{each.name}" for each in pkgutil.iter_modules(core.__path__)]
    wanted = [name for name in found if "windows" not in name and "kqueue" not in name]
    return [importlib.import_module(name) for name in (*wanted, "trio._channel", "trio._sync")]


def members(cls: type) -> set[str]:
    annotated = inspect.get_annotations(cls)
    return {name for name in (*vars(cls), *annotated) if not name.startswith("__")}


def vocabulary() -> set[str]:
    """The attributes of Trio's private classes that no public thing has."""
    words: set[str] = set()
    for module in private_modules():
        for name, found in vars(module).items():
            if isinstance(found, type) and found.__module__.startswith("trio._"):
                words |= members(found) if name not in PUBLIC else set()
    public = [found for module in PUBLIC_MODULES for found in vars(module).values()]
    for found in (*public, dict, list, set, str, deque):
        if isinstance(found, type):
            words -= members(found)
    return words


def own_names(tree: ast.Module) -> set[str]:
    """The attributes that classes of a module set on themselves, or declare."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names |= {node.attr} if is_self(node.value) else set()
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                    names.add(each.name)
                elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    names.add(each.target.id)
    return names


def is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def used_names(tree: ast.Module, words: set[str]) -> Iterator[str]:
    """The private names of Trio's in the source of a module."""
    ours = own_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trio"):
            yield from (each.name for each in node.names if each.name not in PUBLIC)
        elif isinstance(node, ast.Attribute):
            if not (is_self(node.value) and node.attr in ours):
                yield from counted(node.attr, words)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ASKING:
            yield from counted_text(node.args[1], words)
        elif isinstance(node, ast.Subscript):
            yield from (name for name in counted_text(node.slice, set()))


def counted(name: str, words: set[str]) -> Iterator[str]:
    if name in words or (name.startswith("_") and not name.startswith("__")):
        yield name


def counted_text(node: ast.expr, words: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from counted(node.value, words)


def unlisted(source: str, words: set[str]) -> set[str]:
    listed = {private.name for private in PRIVATE_NAMES} | OF_OTHERS
    for private in PRIVATE_NAMES:
        module, _, path = private.owner.partition(":")
        listed |= {*path.split("."), module.rpartition(".")[2]}
    return set(used_names(ast.parse(source), words)) - listed


@pytest.fixture(scope="module")
def words() -> set[str]:
    found = vocabulary()
    assert {"runq", "io_manager", "system_nursery", "idempotent_queue", "ki_pending"} <= found
    return found


MODULES = sorted(path for path in FOLDER.glob("*.py") if path.name != "names.py")


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 10


def test_the_package_says_what_each_module_is_for() -> None:
    text = stepdbg._trio_internals.__doc__ or ""
    said = {line.split()[0] for line in text.splitlines() if line.startswith("    ")}
    assert said == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_all_that_is_used_is_listed(path: Path, words: set[str]) -> None:
    assert unlisted(path.read_text(encoding="utf-8"), words) == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from trio._core._run import TaskStatus_", {"TaskStatus_"}),
        ("from trio._core import _io_epoll", {"_io_epoll"}),
        ("from trio import _dtls", {"_dtls"}),
        ("runner.guest_tick_scheduled", {"guest_tick_scheduled"}),
        ("getattr(runner, 'guest_tick_scheduled', None)", {"guest_tick_scheduled"}),
        ("getattr(scope, '_has_been_entered')", {"_has_been_entered"}),
        ("vars(scope)['_has_been_entered']", {"_has_been_entered"}),
        ("task._custom", {"_custom"}),
        ("class A:\n def f(self): self._x = 1\ny = task._x", {"_x"}),
        ("class A:\n def f(self): self._x = 1\n def g(self): return self._x", set()),
        ("from trio import Cancelled\nscope.cancel_called\nlist.append(1)", set()),
        ("runner.runq\nfrom trio._core._run import Runner, Task", set()),
    ],
)
def test_the_search_finds_them(source: str, found: set[str], words: set[str]) -> None:
    assert unlisted(source, words) == found
