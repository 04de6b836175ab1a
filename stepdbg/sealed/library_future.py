"""The standard library's `__future__`, which nearly every module of ours imports in its first line.

Owns: loading it before there is an importer, and deciding then whether the program has it as well.
Does not own: the modules after that (sealed.modules).

A file ``__future__.py`` beside the script would be executed in its place.  So `stepdbg` and the
modules that are executed before this one, `sealed` and `sealed.own`, do without it.
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
    """The library's own; None where it is loaded already, or the library is in an archive."""
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
    """Leave it to the program as well if the program would find the same, else keep it for us."""
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
