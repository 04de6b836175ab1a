"""stepdbg's own imports, out of the program's reach.

Owns: making the importer, once for each process; letting the interpreter's imports of stepdbg go
through it; `load`, and `BUILTINS` for code that needs stepdbg's builtins.
Does not own: the importer (sealed.importer).

This package imports no other part of stepdbg, since all other parts are imported by it.

CPython looks up ``__builtins__`` in a module's globals when it makes a function, and the function
keeps what it finds (``func_builtins``).  So the modules of stepdbg are executed with
``__builtins__`` set to a copy of the builtins whose ``__import__`` is the importer's.  So the
import statements of stepdbg's functions go to the importer, and these functions see no `open` or
`compile` that the program has replaced.  The program's `builtins` module does not change.  Without
this, a file ``html.py`` beside the script, or an emptied `sys.modules`, would break the debugger.
"""

import _frozen_importlib as bootstrap
import _frozen_importlib_external as theirs
import posix
import sys
from types import ModuleType

from . import library_future, spares  # isort: skip - first, as all others use it
from .files import FilesGone, Folders, absolute, memory_is_short
from .importer import Importer
from .in_place import imported, is_lazy, own_copy, remembering
from .leading import lead
from .own import BUILTINS
from .sharing import Sharing, is_foreign
from .spares import end_room, is_spare, make_room

globals()["__builtins__"] = BUILTINS

__all__ = [
    "BUILTINS",
    "FilesGone",
    "end_room",
    "imported",
    "is_foreign",
    "is_lazy",
    "is_spare",
    "let_stand_in",
    "load",
    "load_anew",
    "loading_lock",
    "make_room",
    "memory_is_short",
    "own_copy",
    "program_looks_in",
    "put_back",
    "remembering",
    "seal",
    "show",
    "undisturbed",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import RLock
    from collections.abc import Callable
    from contextlib import AbstractContextManager

_ANCHOR = "stepdbg"
"""The name under which the importer is kept in the module of `ModuleSpec`.  A process has only one
such module, so stepdbg finds the importer there even if the program has emptied `sys.modules`."""


def importer_of_process() -> Importer | None:
    """The importer of this process; None before `seal`."""
    found: Importer | None = vars(bootstrap).get(_ANCHOR)
    return found


def seal(package: ModuleType) -> None:
    """Make the importer, and let it load all modules of stepdbg from now on.

    package: stepdbg itself, which is being executed.
    """
    left_out, runs_program = _added_by_start(package)
    entries = [entry for entry in sys.path if isinstance(entry, str)]
    if left_out in entries:
        entries.remove(left_out)  # only the first: a second one was added on purpose
    home = package.__path__[0].rpartition("/")[0]
    folders = Folders([*entries, home])
    sharing = Sharing(folders, trusts_finders=runs_program)
    others = [each for each in sys.meta_path if each not in _USUAL]
    importer = Importer(package, folders, sharing, others)
    BUILTINS["__import__"] = importer.import_
    vars(bootstrap)[_ANCHOR] = importer
    lead(package.__path__, importer.load)
    library_future.settle(importer.modules, sharing)
    spares.keep()


_USUAL: tuple[object, ...] = (
    bootstrap.BuiltinImporter,
    bootstrap.FrozenImporter,
    theirs.PathFinder,
)


def load(name: str) -> ModuleType:
    """A module by its absolute name.  Raises ModuleNotFoundError."""
    return _importer().load(name)


def loaded() -> list[str]:
    """The names of those modules of stepdbg's that have been loaded so far."""
    own = f"{__package__.partition('.')[0]}."
    return [name for name in list(_importer().modules.table) if name.startswith(own)]


def loading_lock() -> "RLock":
    """The lock that is held while a module is loaded; it may be taken again by its owner."""
    return _importer().lock


def load_anew(name: str) -> ModuleType:
    """One more copy of a module, only for the caller.  Raises ModuleNotFoundError."""
    return _importer().load_anew(name)


def undisturbed() -> "AbstractContextManager[None]":
    """A context in which functions that are shared with the program use the interpreter's builtins.

    Their imports go to stepdbg's importer (sealed.in_place).  The block must not run code that
    belongs only to the program.
    """
    return _importer().sharing.undisturbed()


def put_back() -> None:
    """Put stepdbg's own modules back into `sys.modules`, for code that looks for them there."""
    _importer().modules.put_back(__package__.partition(".")[0])


def show(name: str) -> None:
    """Put a module into `sys.modules` unless one is there, for code that looks for it there."""
    load(name)
    _importer().modules.show(name)


def program_looks_in(entry: str) -> None:
    """The program's own folder is now first in `sys.path`: do not share modules found there."""
    _importer().let_go(entry)


def _importer() -> Importer:
    found = importer_of_process()
    assert found is not None  # `stepdbg` itself makes it before anything else
    return found


def _added_by_start(package: ModuleType) -> tuple[str | None, bool]:
    """The entry that Python's start has added to `sys.path`, and whether stepdbg was started.

    The entry is None if there is none, or if it is an archive that contains stepdbg.
    """
    first = sys.path[0] if sys.path and isinstance(sys.path[0], str) else None
    if sys.argv[:1] == ["-m"] and "stepdbg" in sys.orig_argv[:-1]:
        # With -m it is the working directory; if that has been removed, nothing was added.
        return (first if not sys.flags.safe_path and absolute("") else None), True
    started = sys.argv[0] if sys.argv else ""
    if first and package.__path__[0].startswith(first + "/") and not posix.access(first + "/", 0):
        return None, True
    if started.rpartition("/")[2] in ("stepdbg", "stepdbg.exe"):
        return (None if sys.flags.safe_path else first), True
    if sys.flags.safe_path:
        return None, False
    main = sys.modules.get("__main__")
    if getattr(main, "__spec__", None) is not None:
        return absolute(""), False
    name = getattr(main, "__file__", None)
    if not isinstance(name, str):
        return "", False
    import os.path  # frozen

    return os.path.dirname(os.path.realpath(name)), False


def let_stand_in(copy_of: "Callable[..., ModuleType | None]") -> None:
    """From now on, let imports in stepdbg's code give copies of some modules.

    copy_of: called with a module's absolute name, and with `wanted`: whether the import takes
        names from the module.  Returns the copy, or None if there is none.
    """
    _importer().stand_in = copy_of
