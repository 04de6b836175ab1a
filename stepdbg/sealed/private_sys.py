"""The `sys` that private copies of modules import.

Owns: a stand-in for `sys` whose ``modules`` has stepdbg's private copies under their names.
Does not own: the copies (sealed.modules).

Some modules look up modules in ``sys.modules`` whenever they are used: `dataclasses` looks for the
module of the class there.  The program's own table lacks stepdbg's private copies, or has another
module under the name.
"""

from __future__ import annotations

import sys
from types import ModuleType

from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterator, KeysView, ValuesView
    from typing import Any


class PrivateSys(ModuleType):
    """`sys` with another ``modules``; everything else is read and set in the real one."""

    def __init__(self, modules: PrivateModules) -> None:
        super().__init__("sys")
        vars(self)["modules"] = modules

    def __getattr__(self, name: str) -> object:
        return getattr(sys, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(sys, name, value)


class PrivateModules:
    """Modules by name as a private copy sees them: private ones first, then the program's.

    programs: the program's table.
    table: the modules that stepdbg's code imports.
    private: the names of those that are private copies.
    """

    def __init__(
        self, programs: dict[str, ModuleType], table: dict[str, ModuleType], private: set[str]
    ) -> None:
        self._all = programs
        self._table = table
        self._private = private

    def _holder(self, name: str) -> dict[str, ModuleType]:
        return self._table if name in self._private else self._all

    def __getitem__(self, name: str) -> ModuleType:
        return self._holder(name)[name]

    def __setitem__(self, name: str, module: ModuleType) -> None:
        self._holder(name)[name] = module

    def __delitem__(self, name: str) -> None:
        del self._holder(name)[name]

    def __contains__(self, name: str) -> bool:
        return name in self._holder(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.copy())

    def __len__(self) -> int:
        return len(self.copy())

    def get(self, name: str, default: Any = None) -> Any:
        """As `dict.get`: a private module first, else the program's."""
        return self._holder(name).get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        """As `dict.pop`; a private module does not touch the program's module of that name."""
        return self._holder(name).pop(name, *default)

    def copy(self) -> dict[str, ModuleType]:
        """All modules in a new dict, with private ones in place of the program's."""
        mine = {name: self._table[name] for name in list(self._private) if name in self._table}
        return {**self._all, **mine}

    def keys(self) -> KeysView[str]:
        """The names, of a copy of the table."""
        return self.copy().keys()

    def values(self) -> ValuesView[ModuleType]:
        """The modules, of a copy of the table."""
        return self.copy().values()

    def items(self) -> ItemsView[str, ModuleType]:
        """Names with modules, of a copy of the table."""
        return self.copy().items()
