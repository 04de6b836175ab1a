"""Which modules stepdbg shares with the program.

Owns: whether a module in `sys.modules` is the one that stepdbg would load; whether the program
would load the file that stepdbg has found; whether a thing in a library module belongs there.
Does not own: loading (sealed.importer), looking for files (sealed.files).

No function here calls a finder of the program, because that would run the program's code.  If
anything except the interpreter's own finders could decide, the answer is no, and stepdbg makes a
private copy.
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import _frozen_importlib_external as theirs
import builtins
import sys
from _functools import partial  # type: ignore[import-not-found]  # has no stub
from _operator import is_
from types import FunctionType, ModuleType

from .files import Folders, absolute, is_standard_name
from .in_place import NOTHING, InPlace, Nothing, changed
from .led_astray import Strangers
from .own import BUILTINS, REAL_IMPORT
from .private_sys import PrivateSys

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from typing import Any

_BUILT_IN = ("built-in", "frozen")
_HARMLESS = ("stepdbg", "_pytest", "_distutils_hack", "_virtualenv", "__editable__", "six")
"""Modules whose finders never affect the standard library."""

_PATCHABLE = (
    (theirs.PathFinder, "find_spec"),
    (theirs.FileFinder, "find_spec"),
    (theirs.SourceFileLoader, "exec_module"),
    (theirs.SourceFileLoader, "create_module"),
)
_ABSENT = object()


class Sharing:
    """Decides which modules stepdbg and the program can share.

    folders: where stepdbg finds its modules.
    trusts_finders: whether the finders in `sys.meta_path` belong to the environment, because the
        program has not begun.
    """

    def __init__(self, folders: Folders, *, trusts_finders: bool) -> None:
        self._folders = folders
        self._finders = list(sys.meta_path) if trusts_finders else []
        self._hooks = list(sys.path_hooks)
        self._methods = [_method(*each) for each in _PATCHABLE]
        self._in_path = Folders(())
        self._strangers = Strangers(self._is_as_found)

    def is_same(self, name: str, there: object) -> bool:
        """Whether what `sys.modules` holds under a name is the module that stepdbg would load.

        It is False as well if that module uses a file of the program by mistake
        (`led_astray`).
        """
        if not self._is_as_found(name, there):
            return False
        return not isinstance(there, ModuleType) or not self._strangers.misled(name, there)

    def _is_as_found(self, name: str, there: object) -> bool:
        """Whether a module comes from the place where stepdbg would find it."""
        if not isinstance(there, ModuleType):
            return False
        spec = object.__getattribute__(there, "__dict__").get("__spec__")
        if type(spec) is not bootstrap.ModuleSpec or getattr(spec, "_initializing", False):
            return False
        if spec.origin in _BUILT_IN:
            return True
        if not isinstance(spec.origin, str):
            return False
        # Compared by the module's own name: `os.path` and its like are known under two.
        if is_standard_name(spec.name) and self._folders.standard:
            return spec.origin.startswith(tuple(e + "/" for e in self._folders.standard)) and (
                "/site-packages/" not in spec.origin
            )
        found = self._folders.find(name) if "." not in name else None
        return found is not None and found.origin == spec.origin

    def would_find(self, found: ModuleSpec) -> bool:
        """Whether the program's own import of a module without a parent would find this one."""
        if not self.is_untouched() or found.origin is None:
            return False
        for entry in list(sys.path):
            if not isinstance(entry, str):
                continue
            folder = absolute(entry)
            if self._folders.is_from(folder, found):
                cached: Any = sys.path_importer_cache.get(entry, _ABSENT)
                return cached is _ABSENT or type(cached) is theirs.FileFinder
            spec = self._look(folder, found.name)
            if spec is not None and spec.loader is not None:
                return False
        return False

    def shadowed(self, entry: str, names: Sequence[str]) -> list[str]:
        """The names for which a folder has a module."""
        return [name for name in names if self._look(absolute(entry), name) is not None]

    def _look(self, entry: str, name: str) -> ModuleSpec | None:
        finder = self._in_path.finder_for(entry)
        if finder is None:
            self._in_path.forget(entry)  # it may be made later
            return None
        spec: ModuleSpec | None = finder.find_spec(name)
        return spec

    def is_untouched(self) -> bool:
        """Whether the program has changed nothing in the interpreter's import system."""
        return (
            builtins.__import__ is REAL_IMPORT
            and all(each in sys.path_hooks for each in self._hooks)
            and [_method(*each) for each in _PATCHABLE] == self._methods
            and self._finders_are_usual()
            and not any(map(_IS_NONE, list(sys.modules.values())))  # a blocked name
        )

    def undisturbed(self) -> InPlace | Nothing:
        """A context in which shared functions have the interpreter's builtins."""
        return NOTHING if self.is_untouched() and not changed() else InPlace()

    def _finders_are_usual(self) -> bool:
        usual: list[object] = [bootstrap.BuiltinImporter, bootstrap.FrozenImporter]
        for finder in list(sys.meta_path):
            if finder is theirs.PathFinder:
                return not usual
            if finder in usual:
                usual.remove(finder)
            elif finder not in self._finders and not _module_of(finder).startswith(_HARMLESS):
                return False
        return False


# In C, because it is called for every module in `sys.modules` whenever stepdbg loads one.
_IS_NONE = partial(is_, None)


def is_foreign(value: object) -> bool:
    """Whether a value in a module of the standard library comes from elsewhere."""
    home: object
    if isinstance(value, PrivateSys):  # in a private copy
        return False
    if isinstance(value, FunctionType):
        home = value.__globals__.get("__name__")
    else:
        home = (value if isinstance(value, type) else type(value)).__module__
    if not isinstance(home, str) or home.startswith("unittest"):
        return True
    return home.partition(".")[0] not in sys.stdlib_module_names


def _method(owner: type, name: str) -> object:
    found = vars(owner).get(name, _ABSENT)
    return getattr(found, "__func__", found)


def _module_of(finder: object) -> str:
    found = getattr(type(finder) if not isinstance(finder, type) else finder, "__module__", "")
    return found if isinstance(found, str) else ""
