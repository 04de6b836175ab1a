"""The modules that stepdbg's code imports.

Owns: the table of them by name, which of them are private copies, making one and executing it.
Does not own: which module a name means and where it comes from (sealed.importer).
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import _imp
import builtins
import sys
from _frozen_importlib_external import ExtensionFileLoader
from types import FunctionType, ModuleType

from .own import BUILTINS
from .private_sys import PrivateModules, PrivateSys

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

    all: the interpreter's own table; the program may have assigned another one to `sys.modules`.
    table: the modules that stepdbg's code imports.
    private: the names of those that are private copies.
    shared: the names of those that stepdbg has loaded for the program as well.
    loading: the names of those that are being executed.
    hidden: the names of stepdbg's modules that are not in `all`.
    """

    def __init__(self) -> None:
        self.all = sys.modules
        self.table: dict[str, ModuleType] = {}
        self.private: set[str] = set()
        self.shared: list[str] = []
        self.loading: set[str] = set()
        self.hidden: set[str] = set()
        self._lent: dict[str, ModuleType] | None = None
        self._sys = PrivateSys(PrivateModules(self.all, self.table, self.private))

    def sys_for(self, importing: object) -> ModuleType | None:
        """What the module of this name gets as `sys`; None if it gets the real one."""
        return self._sys if importing in self.private else None

    def keep(self, top: str) -> None:
        """Take over a package as the program has it now, with its submodules."""
        beneath = f"{top}."
        for name, module in list(self.all.items()):
            if (name == top or name.startswith(beneath)) and isinstance(module, ModuleType):
                self.table.setdefault(name, module)

    def hide(self, beneath: str) -> None:
        """Take stepdbg's modules whose names begin with `beneath` out of the program's table."""
        for name in [each for each in self.table if each.startswith(beneath)]:
            self.all.pop(name, None)
            self.hidden.add(name)

    def put_back(self, top: str) -> None:
        """Put stepdbg's modules of a package back into the program's table."""
        for name, module in list(self.table.items()):
            if name.partition(".")[0] == top and name not in self.hidden:
                self.all[name] = module

    def withdraw(self, top: str) -> None:
        """Keep private a package that stepdbg has loaded for the program as well."""
        for name in [each for each in self.shared if each.partition(".")[0] == top]:
            if self.all.get(name) is self.table.get(name):
                del self.all[name]
            self.shared.remove(name)
            self.private.add(name)

    def show(self, name: str) -> None:
        """Put a module that is not private into the program's table, if it has none of that name.

        Machine code looks in `sys.modules` while it is loaded.  So while stepdbg loads some,
        stepdbg's module is put there in any case, and taken out afterwards.
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
        """Call a function that loads machine code; what `show` does meanwhile is undone."""
        outer, self._lent = self._lent, {}
        try:
            return make()
        finally:
            lent, self._lent = self._lent, outer
            for name, before in lent.items():
                if before is not _ABSENT or name in self.private:
                    self._restore(name, before)

    def is_in_common(self, name: str) -> bool:
        """Whether the program and stepdbg have the same module under this name."""
        return self.all.get(name) is self.table.get(name)

    def make(
        self, name: str, spec: ModuleSpec, code: CodeType | None, *, private: bool, own: bool
    ) -> ModuleType:
        """Make a module and execute it.

        code: None if its loader has none, as for machine code.
        private: whether only stepdbg sees it, except while it is executed.
        own: whether it gets stepdbg's builtins.
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
            if not private:  # a module may replace itself in `sys.modules`
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
        """Remove a module that has failed, and its submodules: nothing half-made must stay."""
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
    """A module with stepdbg's builtins, which is in no table.  code: as of `Modules.make`."""
    module = _begun(spec)
    _execute(module, spec, code, own=True)
    return module


def _begun(spec: ModuleSpec) -> ModuleType:
    """A new module that has not been executed."""
    # Machine code imports with the builtins of its caller.  If importlib called it, those would be
    # the interpreter's.
    loader: Any = spec.loader
    if loader is bootstrap.BuiltinImporter:  # Debian's 3.15 has `_asyncio` inside
        module: ModuleType = _imp.create_builtin(spec)
    elif isinstance(loader, ExtensionFileLoader):
        module = _imp.create_dynamic(spec)
    else:
        return bootstrap.module_from_spec(spec)
    bootstrap._init_module_attrs(spec, module)
    return module


def _execute(module: ModuleType, spec: ModuleSpec, code: CodeType | None, *, own: bool) -> None:
    if code is None and spec.origin == "frozen":
        code = _imp.get_frozen_object(spec.name)
    if code is None:
        loader: Any = spec.loader
        if isinstance(loader, ExtensionFileLoader):
            _imp.exec_dynamic(module)
        elif loader is bootstrap.BuiltinImporter:
            _imp.exec_builtin(module)
        elif loader is not None:
            loader.exec_module(module)
        return
    names = vars(module)
    names["__builtins__"] = BUILTINS
    # The body gets the builtins that its globals name now, and so stepdbg's `__import__`.
    body = FunctionType(code, names)
    if not own:  # the functions that it makes get the program's builtins
        names["__builtins__"] = vars(builtins)
    body()
