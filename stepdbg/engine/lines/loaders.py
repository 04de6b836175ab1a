"""Code objects of modules, found before the modules run (Python 3.11).

Owns: `LoaderWatch`.  Does not own: what is done with the code.

On 3.11 only `sys.settrace` shows that code runs for the first time, and it makes every call take
three times as long.  But the code of a module contains that of all its functions, and the loaders
of the standard library get it from ``get_code``.  So we watch that method, which costs something
only at an import.
"""

from __future__ import annotations

import importlib.machinery
import zipimport
from collections.abc import Callable
from types import CodeType
from typing import cast

_GetCode = Callable[[object, str], CodeType | None]
_LOADERS: tuple[type, ...] = (
    importlib.machinery.SourceFileLoader,
    importlib.machinery.SourcelessFileLoader,
    zipimport.zipimporter,
)
_NAME = "get_code"


class LoaderWatch:
    """``get_code`` of the standard loaders, replaced while the code of modules is wanted.

    Attributes:
        found: called with the code of each module that is loaded; None: nothing is replaced.
    """

    def __init__(self) -> None:
        self.found: Callable[[CodeType], None] | None = None
        self._replaced: list[tuple[type, _GetCode | None, _GetCode]] = []

    def tell(self, found: Callable[[CodeType], None] | None) -> bool:
        """Call `found` with the code of each module from now on; None: call nothing.

        Returns whether anything was called until now.
        """
        before, self.found = self.found, found
        self._put_back()
        if found is not None:
            self._replace(found)
        return before is not None

    def _replace(self, found: Callable[[CodeType], None]) -> None:
        for loader in _LOADERS:
            before = cast("_GetCode | None", loader.__dict__.get(_NAME))
            ours = _telling(cast("_GetCode", getattr(loader, _NAME)), found)
            setattr(loader, _NAME, ours)
            self._replaced.append((loader, before, ours))

    def _put_back(self) -> None:
        """Put the methods back, where nobody replaced them after us."""
        for loader, before, ours in self._replaced:
            if loader.__dict__.get(_NAME) is not ours:
                continue
            if before is None:
                delattr(loader, _NAME)
            else:
                setattr(loader, _NAME, before)
        self._replaced = []


def _telling(original: _GetCode, found: Callable[[CodeType], None]) -> _GetCode:
    def get_code(loader: object, fullname: str) -> CodeType | None:
        code = original(loader, fullname)
        if code is not None:
            found(code)
        return code

    # The import system cuts frames with this file name out of tracebacks, so it also cuts ours.
    get_code.__code__ = get_code.__code__.replace(
        co_filename="<frozen importlib._bootstrap_external>"
    )
    return get_code
