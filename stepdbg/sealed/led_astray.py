"""Modules of the standard library that use a file of the program's in the place of another.

Owns: which modules in `sys.modules` have the name of one of the library and are not it
(`Strangers.found`), and whether a module of the library uses one of them (`Strangers.misled`).
Does not own: what is shared with the program (sealed.sharing).

If there is a file ``ast.py`` beside the script, the program's `inspect` is the library's, but what
it finds under the name `ast` is that file.  A program that does not use that part of `inspect`
works.  stepdbg may need that part, so it must not share this `inspect`.
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
"""Modules that keep what there is once: a private copy would not know what the other one does."""


class Strangers:
    """The modules under names of the standard library that do not belong to it.

    is_same: whether what is in `sys.modules` under a name is the library's.
    """

    def __init__(self, is_same: Callable[[str, object], bool]) -> None:
        self._is_same = is_same
        self._looked_at: set[str] = set()
        self._found: dict[str, object] = {}
        self._cleared: tuple[int, set[str]] = (0, set())

    def found(self) -> dict[str, object]:
        """Those that the program has imported so far, by name."""
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
        """Whether a module of the library uses one of them, at any number of removes."""
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
        self._cleared[1].update(seen)  # none of them leads to one
        return False


def _used_by(module: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """The modules of the standard library that a module has things of."""
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
