"""Imports that the program's import machinery cannot reach.

Owns: which module a name means and where it comes from; the ``__import__`` of stepdbg's functions.
Does not own: where files are (sealed.files), what is shared with the program (sealed.sharing),
making modules (sealed.modules), descriptors (sealed.spares).

A name that stepdbg's code imports is one of four kinds:

- **stepdbg itself**: loaded once, with builtins of its own, and also found in `sys.modules`;
- **a library of stepdbg** (`LIBRARIES`): always a private copy, with builtins of its own;
- **the program's** (`GUESTS`): the copy that the program had when stepdbg first imported it;
- **the standard library**: shared if the program has or would get the same module, and then made
  as the interpreter makes it; otherwise a private copy.

A private copy is in `sys.modules` only while it is executed.
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import posix
from _functools import partial  # type: ignore[import-not-found]  # has no stub
from _thread import RLock
from types import ModuleType

from . import spares
from .files import (
    ExtensionLoader,
    FilesGone,
    Folders,
    code_of,
    is_standard_name,
    loader_for_file,
    public_loader,
    what_hides,
)
from .in_place import NOTHING
from .leading import lead
from .modules import Modules, execute
from .own import BUILTINS, REAL_IMPORT
from .own_bytecode import OwnBytecode
from .sharing import Sharing

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableSequence
    from importlib.machinery import ModuleSpec
    from types import CodeType
    from typing import Any

LIBRARIES = frozenset({"prompt_toolkit", "pygments", "wcwidth", "getopt"})
"""Packages that stepdbg uses for itself, and a module that it changes (`LEFT_OUT`)."""

GUESTS = frozenset({"trio", "outcome", "pytest", "_pytest", "pluggy"})
"""Packages of the program that stepdbg must share with it."""

LEFT_OUT = {"_asyncio": "asyncio", "_json": "json", "gettext": "getopt"}
"""Modules that a private copy does without, each with the module of which that is a copy.

`_asyncio` and `_json` look for the package in `sys.modules` when they are used.  `gettext` would
translate the errors of `getopt`, which stepdbg says in its own words; its import takes as long as
that of four modules.
"""

_ABSENT: Any = object()
_find_builtin = bootstrap.BuiltinImporter.find_spec
_find_frozen = bootstrap.FrozenImporter.find_spec


class Importer:
    """Loads the modules that stepdbg imports.

    modules: the modules that it has loaded or shares.
    package: stepdbg itself, the copy that debugs.
    folders: where to look.
    sharing: which modules are common with the program.
    finders: finders of `sys.meta_path`, for libraries that the folders lack.
    stand_in: gives the copy that stepdbg's code gets instead of a module, if any
        (`model.standard`).
    """

    def __init__(
        self, package: ModuleType, folders: Folders, sharing: Sharing, finders: Iterable[object]
    ) -> None:
        self._own = package.__name__
        self._beneath = f"{self._own}."
        self.modules = Modules()
        self._known = self.modules.table
        self._folders = folders
        self._own_bytecode = OwnBytecode()
        self.sharing = sharing
        self._finders = list(finders)
        self.lock = RLock()
        self.stand_in = _no_stand_in
        self.modules.keep(self._own)
        self.modules.hide(f"{self._own}.sealed.")
        posix.register_at_fork(after_in_child=self._unlock)

    def _unlock(self) -> None:
        """Make a new lock in a forked child, which lacks the thread that may have held the old."""
        self.lock = RLock()

    def let_go(self, entry: str) -> None:
        """Stop sharing the modules that the program would now find in this folder instead."""
        if entry in self._folders.standard:
            return
        tops = [name for name in self.modules.shared if "." not in name]
        for top in self.sharing.shadowed(entry, tops):
            self.modules.withdraw(top)

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - as in `__import__`
        locals: object = None,  # noqa: A002
        fromlist: Iterable[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Called by the import statements of stepdbg's code; arguments as those of `__import__`."""
        del locals
        if name == "sys" and globals is not None:
            stand_in = self.modules.sys_for(globals.get("__name__"))
            if stand_in is not None:
                return stand_in
        if level:
            name = _absolute_name(name, globals or {}, level)
        module = self.load(name)
        if type(fromlist) is list and not fromlist:  # C code, which then looks in `sys.modules`
            self.modules.show(name)
        elif not (level or name.startswith(self._beneath)) and _gets_copies(
            name, globals or {}, self._own, self._known
        ):
            copy = self.stand_in(name, wanted=bool(fromlist))
            if copy is not None:
                return copy
        if fromlist:
            if hasattr(module, "__path__"):
                _load_named(self.load, module, fromlist)
            return module
        return module if level else self.load(name.partition(".")[0])

    def load(self, name: str) -> ModuleType:
        """A module by its absolute name.

        Raises:
            ModuleNotFoundError: there is no such module; `FilesGone` if its files have gone.
        """
        module = self._known.get(name)
        if module is not None and name not in self.modules.loading:
            return module
        top = name.partition(".")[0]
        if top in GUESTS and top not in self._known:
            self._invite(top)
        with self.lock, NOTHING if self.modules.loading else self.sharing.undisturbed():
            return self._load(name)

    def load_anew(self, name: str) -> ModuleType:
        """One more copy of a module, with stepdbg's builtins, only for the caller.

        Raises as `load`.
        """
        parent = name.rpartition(".")[0]
        entries = self.load(parent).__path__ if parent else None
        with NOTHING if self.modules.loading else self.sharing.undisturbed():
            inside = _find_builtin(name) or _find_frozen(name, entries)
            if inside is not None:
                return execute(inside, None)
            found, code = spares.with_room(lambda: self._read(name, entries))
            return execute(_public_spec(found), code)

    def _load(self, name: str) -> ModuleType:
        if (known := self._known.get(name)) is not None:
            return known
        parent, _, last = name.rpartition(".")
        package = self._load(parent) if parent else None
        if name in self._known:
            return self._known[name]
        there = self.modules.all.get(name)
        if there is not None and self._may_share(name, parent, there):
            self._known[name] = there
            return there
        module = self._load_first(name, parent, package)
        if name.partition(".")[0] == self._own and hasattr(module, "__path__"):
            lead(module.__path__, self.load)
        if package is not None and (
            parent in self.modules.private or name not in self.modules.private
        ):
            setattr(package, last, module)
        return module

    def _may_share(self, name: str, parent: str, there: ModuleType) -> bool:
        if parent in self.modules.private:
            return False
        top = name.partition(".")[0]
        if top == self._own:
            return self.modules.is_in_common(parent)
        if top in GUESTS:
            return not parent or self.modules.is_in_common(parent)
        return top not in LIBRARIES and self.sharing.is_same(name, there)

    def _load_first(self, name: str, parent: str, package: ModuleType | None) -> ModuleType:
        if LEFT_OUT.get(name) in self.modules.private:
            raise _not_found(name)
        entries = None if package is None else getattr(package, "__path__", _ABSENT)
        if entries is _ABSENT:
            text = f"No module named {name!r}; {parent!r} is not a package"
            raise ModuleNotFoundError(text, name=name)
        if name.startswith(self._beneath) and entries is not None:
            ready = self._own_bytecode.find(name, entries)
            if ready is not None:
                return self.modules.make(name, *ready, private=False, own=True)
        inside = _find_builtin(name) or _find_frozen(name, entries)
        if inside is not None:
            make = partial(self.modules.make, name, inside, None, private=False, own=False)
            return self.modules.lending(make) if inside.origin == "built-in" else make()
        try:
            found, code = spares.with_room(lambda: self._read(name, entries))
            private = spares.with_room(lambda: self._is_private(name, parent, found))
        except OSError as error:
            raise FilesGone(_reason(error), name=name) from error
        own = private or name.partition(".")[0] == self._own
        spec = _public_spec(found)
        if not isinstance(found.loader, ExtensionLoader):
            return self.modules.make(name, spec, code, private=private, own=own)
        with spares.room():  # a file that the linker cannot open is an ImportError
            make = partial(self.modules.make, name, spec, None, private=private, own=own)
            return self.modules.lending(make)

    def _read(
        self, name: str, entries: MutableSequence[str] | None
    ) -> tuple[ModuleSpec, CodeType | None]:
        found = self._find(name, entries)
        has_code = found.loader is not None and not isinstance(found.loader, ExtensionLoader)
        return found, code_of(found) if has_code else None

    def _find(self, name: str, entries: MutableSequence[str] | None) -> ModuleSpec:
        found = self._folders.find(name, entries)
        top = name.partition(".")[0]
        if found is None and entries is None and top in LIBRARIES:
            found = _ask(self._finders, name)
        if found is not None:
            return found
        if top == self._own or top in LIBRARIES or is_standard_name(name):
            lookup = entries or (self._folders.standard if is_standard_name(name) else ())
            if (hidden := what_hides(lookup)) is not None:
                raise FilesGone(_reason(hidden), name=name)
        raise _not_found(name)

    def _is_private(self, name: str, parent: str, found: ModuleSpec) -> bool:
        top = name.partition(".")[0]
        if top == self._own:
            return False
        if parent:
            same = self.modules.is_in_common(parent)
            return parent in self.modules.private or not same
        return top in LIBRARIES or not self.sharing.would_find(found)

    def _invite(self, top: str) -> None:
        """Take a guest package from the program; if it has none, import it as the program would."""
        if top not in self.modules.all:
            REAL_IMPORT(top)
        for guest in GUESTS:
            if guest == top or guest not in self._known:
                self.modules.keep(guest)


def _load_named(load: Callable[[str], object], module: ModuleType, names: Iterable[str]) -> None:
    """Load those names of a ``from`` statement that are modules of a package.

    load: loads a module by its absolute name.
    module: the package.
    """
    for each in names:
        if each == "*":
            _load_named(load, module, [n for n in getattr(module, "__all__", ()) if n != "*"])
        elif not hasattr(module, each):
            name = f"{module.__name__}.{each}"
            try:
                load(name)
            except FilesGone:
                raise
            except ModuleNotFoundError as error:
                if error.name != name:
                    raise


def _ask(finders: Iterable[object], name: str) -> ModuleSpec | None:
    """The first spec that a finder gives, with a loader of stepdbg's copy; None if none does."""
    for finder in finders:
        find: Any = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = None if find is None else find(name, None, None)
        if spec is not None and isinstance(spec.origin, str):
            spec.loader = loader_for_file(name, spec.origin)  # type: ignore[assignment]  # ours
            return spec
    return None


def _gets_copies(
    name: str, names: Mapping[str, Any], own: str, known: Mapping[str, ModuleType]
) -> bool:
    """Whether code that imports a module belongs to stepdbg, to one of its libraries or to a copy.

    names: the globals of that code.
    own: stepdbg's name.
    known: the modules that stepdbg has.
    """
    importing = names.get("__name__") or ""
    top = importing.partition(".")[0]
    if top == own or top in LIBRARIES:
        return True
    module = known.get(importing)
    # Its globals are not those of the known module, so it is a copy made by `load_anew`.  What it
    # imports of its own package must not be a copy.
    return module is not None and vars(module) is not names and top != name.partition(".")[0]


def _no_stand_in(name: str, *, wanted: bool) -> ModuleType | None:
    """No copies: the value of `stand_in` until `model.standard` sets another."""
    del name, wanted
    return None


def _public_spec(found: ModuleSpec) -> ModuleSpec:
    """The spec that the program sees, made from one with a loader of stepdbg's copy."""
    locations = found.submodule_search_locations
    loader = public_loader(found)
    spec = bootstrap.ModuleSpec(
        found.name, loader, origin=found.origin, is_package=locations is not None
    )
    if spec.submodule_search_locations is not None:
        spec.submodule_search_locations.extend(locations or ())
    spec._set_fileattr = loader is not None  # type: ignore[attr-defined]  # not in the stubs
    return spec


def _absolute_name(name: str, names: Mapping[str, Any], level: int) -> str:
    package: str | None = names.get("__package__")
    if package is None:
        package = names["__name__"]
        if "__path__" not in names:
            package = package.rpartition(".")[0]
    base = package
    for _ in range(level - 1):
        base = base.rpartition(".")[0]
    if not base:
        raise ImportError("attempted relative import beyond top-level package")
    return f"{base}.{name}" if name else base


def _not_found(name: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"No module named {name!r}", name=name)


def _reason(error: OSError) -> str:
    return f"{error.strerror or error}"
