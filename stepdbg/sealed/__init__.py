"""stepdbg's own imports, out of the program's reach.

Owns: when the importer is made, once for a process; letting what the interpreter imports of
stepdbg go through it; `load`, and `BUILTINS` for code that needs our builtins.
Does not own: the importer (sealed.importer).

Imports nothing of stepdbg outside of this package: everything else of it is imported by it.

CPython looks up ``__builtins__`` in a module's globals when it makes a function, and the function
keeps what it finds (``func_builtins``).  So the modules of stepdbg are executed with
``__builtins__`` set to a copy of the builtins whose ``__import__`` is the importer's.  Whenever a
function of ours runs, its import statements go to the importer, and it sees no `open` or `compile`
that the program has replaced.  The program's `builtins` stays as it is.  Without this, a file
``html.py`` beside the script, or an emptied `sys.modules`, would break the debugger.
"""

import _frozen_importlib as bootstrap
import _frozen_importlib_external as theirs
import posix
import sys
from types import ModuleType

from . import library_future, spares  # isort: skip - first, as all others ask for it
from .files import FilesGone, Folders, absolute, memory_is_short
from .importer import Importer
from .in_place import own_copy, remembering
from .leading import lead
from .own import BUILTINS
from .sharing import Sharing, is_foreign
from .spares import end_room, is_spare, make_room

globals()["__builtins__"] = BUILTINS

__all__ = [
    "BUILTINS",
    "FilesGone",
    "end_room",
    "is_foreign",
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
"""Where the one importer is found again after `sys.modules` was emptied: a name in the module of
`ModuleSpec`, of which a process has only one."""


def importer_of_process() -> Importer | None:
    """The one that was made first, if there is one."""
    found: Importer | None = vars(bootstrap).get(_ANCHOR)
    return found


def seal(package: ModuleType) -> None:
    """Let everything that is imported of stepdbg from now on go through our importer.

    package: stepdbg itself, which is being executed.
    """
    left_out, runs_program = _added_by_start(package)
    entries = [entry for entry in sys.path if isinstance(entry, str)]
    if left_out in entries:
        entries.remove(left_out)  # the first: another of that value was put there on purpose
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


def loading_lock() -> "RLock":
    """The lock that is held while a module is loaded; it may be taken again by its owner."""
    return _importer().lock


def load_anew(name: str) -> ModuleType:
    """One more copy of a module, which nobody else has.  Raises ModuleNotFoundError."""
    return _importer().load_anew(name)


def undisturbed() -> "AbstractContextManager[None]":
    """For a block that calls functions which are shared with the program, and none of its own.

    They have the interpreter's builtins there, and our imports (sealed.in_place).
    """
    return _importer().sharing.undisturbed()


def put_back() -> None:
    """Let `sys.modules` have stepdbg's own modules again, for code that looks for them there."""
    _importer().modules.put_back(__package__.partition(".")[0])


def show(name: str) -> None:
    """Let `sys.modules` have a module, for code that looks for it there, if it has none."""
    load(name)
    _importer().modules.show(name)


def program_looks_in(entry: str) -> None:
    """The program has got its first entry of `sys.path`: what it has there is not ours."""
    _importer().let_go(entry)


def _importer() -> Importer:
    found = importer_of_process()
    assert found is not None  # `stepdbg` itself makes it before anything else
    return found


def _added_by_start(package: ModuleType) -> tuple[str | None, bool]:
    """What the start has put in front of `sys.path`, and whether it is stepdbg that was started.

    None where it has put nothing there, or an archive with stepdbg in it.
    """
    first = sys.path[0] if sys.path and isinstance(sys.path[0], str) else None
    if sys.argv[:1] == ["-m"] and "stepdbg" in sys.orig_argv[:-1]:
        # With -m it is the working directory, and nothing when that has been removed.
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
    """From now on, let code of ours get copies where it imports modules.

    copy_of: is given a module's absolute name, and as `wanted` whether names are taken from it;
        gives the copy, or None where there is none.
    """
    _importer().stand_in = copy_of
