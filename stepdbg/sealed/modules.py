"""The modules that ours know.

Owns: the table of them by name, which of them are private copies, making one and executing it.
Does not own: which module is wanted and where it comes from (sealed.importer).
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import _imp
import builtins
import sys
from _frozen_importlib_external import ExtensionFileLoader
from types import FunctionType, ModuleType

from .own import BUILTINS
from .private_sys import ModulesOfOurs, SysOfOurs

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import CodeType
    from typing import Any

_ABSENT: Any = object()


class Modules:
    """Modules by name.

    all: the interpreter's own table, which the program may have put another in the place of.
    table: those that ours know.
    private: the names of those that only ours know.
    shared: the names of those that ours have loaded for the program as well.
    loading: the names of those that are being executed.
    hidden: the names of those of ours that the program has nothing to do with.
    """

    def __init__(self) -> None:
        self.all = sys.modules
        self.table: dict[str, ModuleType] = {}
        self.private: set[str] = set()
        self.shared: list[str] = []
        self.loading: set[str] = set()
        self.hidden: set[str] = set()
        self._lent: dict[str, ModuleType] | None = None
        self._sys = SysOfOurs(ModulesOfOurs(self.all, self.table, self.private))

    def sys_for(self, importing: object) -> ModuleType | None:
        """What is `sys` for a module, by its name; None if that is the real one."""
        return self._sys if importing in self.private else None

    def keep(self, top: str) -> None:
        """Take a package as the program has it now, with all that is in it."""
        beneath = f"{top}."
        for name, module in list(self.all.items()):
            if (name == top or name.startswith(beneath)) and isinstance(module, ModuleType):
                self.table.setdefault(name, module)

    def hide(self, beneath: str) -> None:
        """Hide stepdbg's modules whose names begin so from the program."""
        for name in [each for each in self.table if each.startswith(beneath)]:
            self.all.pop(name, None)
            self.hidden.add(name)

    def put_back(self, top: str) -> None:
        """Give a package of stepdbg's back to the program, in stepdbg's own version."""
        for name, module in list(self.table.items()):
            if name.partition(".")[0] == top and name not in self.hidden:
                self.all[name] = module

    def withdraw(self, top: str) -> None:
        """Make a private copy of what ours have loaded for the program as well."""
        for name in [each for each in self.shared if each.partition(".")[0] == top]:
            if self.all.get(name) is self.table.get(name):
                del self.all[name]
            self.shared.remove(name)
            self.private.add(name)

    def show(self, name: str) -> None:
        """Let the program have a module that is not private, if it has none of that name.

        While machine code of ours is loaded, which takes modules from `sys.modules`, our own copy
        stands there.
        """
        ours = self.table[name]
        if self._lent is not None:
            before = self.all.get(name, _ABSENT)
            if before is not ours:
                self._lent.setdefault(name, before)
                self.all[name] = ours
        elif name not in self.private:
            self.all.setdefault(name, ours)

    def lending(self, make: Callable[[], ModuleType]) -> ModuleType:
        """Call what makes a module of machine code; see `show`."""
        outer, self._lent = self._lent, {}
        try:
            return make()
        finally:
            lent, self._lent = self._lent, outer
            for name, before in lent.items():
                if before is not _ABSENT or name in self.private:
                    self._restore(name, before)

    def is_in_common(self, name: str) -> bool:
        """Whether the program has under this name what ours have."""
        return self.all.get(name) is self.table.get(name)

    def make(
        self, name: str, spec: ModuleSpec, code: CodeType | None, *, private: bool, own: bool
    ) -> ModuleType:
        """Make a module and execute it.

        code: None if its loader has none, as for machine code.
        private: only ours see it, except while it is executed.
        own: it gets our builtins.
        """
        module = _begun(spec)
        before = self.all.get(name, _ABSENT)
        self.table[name] = self.all[name] = module
        self.loading.add(name)
        if private:
            self.private.add(name)
        spec._initializing = True  # type: ignore[attr-defined]  # as importlib does
        try:
            _execute(module, spec, code, own=own)
            if not private:  # it may have replaced itself
                self.table[name] = self.all.get(name, module)
            module = self.table[name]
        except BaseException:
            self._take_back(name)
            raise
        finally:
            spec._initializing = False  # type: ignore[attr-defined]
            self.loading.discard(name)
            if private:
                self._restore(name, before)
        if not own:
            self.shared.append(name)
        return module

    def _take_back(self, name: str) -> None:
        """Nothing half-made stays: neither the module nor what it holds."""
        for each in [n for n in self.table if n == name or n.startswith(f"{name}.")]:
            module = self.table.pop(each)
            if self.all.get(each) is module:
                del self.all[each]
            self.private.discard(each)

    def _restore(self, name: str, before: ModuleType) -> None:
        if before is _ABSENT:
            self.all.pop(name, None)
        else:
            self.all[name] = before


def execute(spec: ModuleSpec, code: CodeType | None) -> ModuleType:
    """A module with our builtins, in no table.  code: as of `Modules.make`."""
    module = _begun(spec)
    _execute(module, spec, code, own=True)
    return module


def _begun(spec: ModuleSpec) -> ModuleType:
    """A module that has not been executed."""
    if not isinstance(spec.loader, ExtensionFileLoader):
        return bootstrap.module_from_spec(spec)
    # Machine code imports as its caller does, and in importlib the caller is the interpreter's.
    module: ModuleType = _imp.create_dynamic(spec)
    bootstrap._init_module_attrs(spec, module)
    return module


def _execute(module: ModuleType, spec: ModuleSpec, code: CodeType | None, *, own: bool) -> None:
    if code is None and spec.origin == "frozen":
        code = _imp.get_frozen_object(spec.name)
    if code is None:
        loader: Any = spec.loader
        if isinstance(loader, ExtensionFileLoader):
            _imp.exec_dynamic(module)
        elif loader is not None:
            loader.exec_module(module)
        return
    names = vars(module)
    names["__builtins__"] = BUILTINS
    # It looks for its builtins, and so for `__import__`, where its globals name them now.
    body = FunctionType(code, names)
    if not own:  # its functions look where theirs name them, once they are made
        names["__builtins__"] = vars(builtins)
    body()
