"""The standard library's `__future__`, which nearly every module of stepdbg imports first.

Owns: loading it before there is an importer, and deciding later whether the program shares it.
Does not own: all later imports (sealed.modules).

If there is a file ``__future__.py`` beside the script, an ordinary import would execute that.  So
`stepdbg` and the modules that are executed before this one, `sealed` and `sealed.own`, do not
import it.
"""

import _frozen_importlib as bootstrap
import _frozen_importlib_external as theirs
import sys

from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from .modules import Modules
    from .sharing import Sharing

_NAME = "__future__"
_ABSENT: "Any" = object()


def _load() -> "ModuleType | None":
    """The library's module; None if it is loaded already, or if the library is in an archive."""
    folder = getattr(sys, "_stdlib_dir", None)
    there: Any = sys.modules.get(_NAME)
    if not folder or getattr(there, "__file__", None) == f"{folder}/{_NAME}.py":
        return None
    finder = theirs.FileFinder(
        folder,
        (theirs.SourceFileLoader, theirs.SOURCE_SUFFIXES),
        (theirs.SourcelessFileLoader, theirs.BYTECODE_SUFFIXES),
    )
    spec = finder.find_spec(_NAME)
    if spec is None or spec.loader is None:
        return None
    module = bootstrap.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_of_program: "Any" = sys.modules.get(_NAME, _ABSENT)
_loaded = _load()
if _loaded is not None:
    sys.modules[_NAME] = _loaded


def settle(modules: "Modules", sharing: "Sharing") -> None:
    """Share it with the program if the program would find the same file; else keep it private."""
    if _loaded is None:
        return
    modules.table[_NAME] = _loaded
    spec = _loaded.__spec__
    assert spec is not None
    if _of_program is _ABSENT and sharing.would_find(spec):
        modules.shared.append(_NAME)
        return
    modules.private.add(_NAME)
    if _of_program is _ABSENT:
        del modules.all[_NAME]
    else:
        modules.all[_NAME] = _of_program
