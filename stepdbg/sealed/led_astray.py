"""Modules of the standard library that import a file of the program by mistake.

Owns: which modules in `sys.modules` have the name of a library module, but are not that module
(`Strangers.found`); and whether a module of the library uses one of them (`Strangers.misled`).
Does not own: what is shared with the program (sealed.sharing).

If there is a file ``ast.py`` beside the script, the program has the library's `inspect`, but that
`inspect` has imported the program's file as `ast`.  A program that does not use this part of
`inspect` works.  stepdbg may need it, so it must not share this `inspect`.
"""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType

from .files import is_standard_name
from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONCE_IN_A_PROCESS = frozenset(("os", "sys", "threading"))
"""Modules that must exist only once in a process: a private copy would have its own state."""


class Strangers:
    """The modules under names of the standard library that do not belong to it.

    is_same: tells whether the module in `sys.modules` under a name is the library's.
    """

    def __init__(self, is_same: Callable[[str, object], bool]) -> None:
        self._is_same = is_same
        self._looked_at: set[str] = set()
        self._found: dict[str, object] = {}
        self._cleared: tuple[int, set[str]] = (0, set())

    def found(self) -> dict[str, object]:
        """The strangers that the program has imported so far, by name."""
        for name in sys.modules.keys() - self._looked_at:
            there = sys.modules.get(name)
            if name not in sys.stdlib_module_names or there is None:
                self._looked_at.add(name)
            elif not getattr(getattr(there, "__spec__", None), "_initializing", False):
                self._looked_at.add(name)
                if not self._is_same(name, there):
                    self._found[name] = there
        return self._found

    def misled(self, name: str, module: ModuleType) -> bool:
        """Whether a module of the library uses a stranger, directly or through other modules."""
        if name in ONCE_IN_A_PROCESS or not is_standard_name(name):
            return False
        strangers = self.found()
        if not strangers:
            return False
        if self._cleared[0] != len(strangers):
            self._cleared = (len(strangers), set())
        seen = set(self._cleared[1])
        pending = [(name, module)]
        while pending:
            each, part = pending.pop()
            if strangers.get(each) is part:
                return True
            if each not in seen and each not in ONCE_IN_A_PROCESS:
                seen.add(each)
                pending += _used_by(part)
        self._cleared[1].update(seen)  # none of these uses a stranger
        return False


def _used_by(module: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """The library modules that a module has imported, or from which it has a function or class."""
    for value in list(vars(module).values()):
        if isinstance(value, ModuleType):
            name = vars(value).get("__name__")
            found: object = value
        elif isinstance(value, FunctionType | type):
            name = value.__module__
            found = sys.modules.get(name) if isinstance(name, str) else None
        else:
            continue
        if isinstance(name, str) and isinstance(found, ModuleType) and is_standard_name(name):
            yield name, found
