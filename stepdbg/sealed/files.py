"""Finding the files of modules, and reading their code.

Owns: a second copy of the interpreter's own file importer, the folders that stepdbg looks in, and
which of them are the standard library's.
Does not own: which module is whose (sealed.sharing), making modules (sealed.importer).

The interpreter contains the code of its file importer in frozen form.  stepdbg executes that code
once more, with its own builtins, and so has finders and loaders of its own.  A program may change
those of `importlib`, the path hooks, or `os`: stepdbg's do not change.
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import _frozen_importlib_external as theirs
import _imp
import _io
import posix
import sys
from types import CodeType, SimpleNamespace

from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from typing import IO, Any

    Finder = Any


def _second_copy(name: str) -> dict[str, Any]:
    """The names of one of the interpreter's frozen modules, executed with stepdbg's builtins."""
    names: dict[str, Any] = {"__builtins__": BUILTINS, "__name__": name}
    exec(_imp.get_frozen_object(name), names)
    return names


def _open_code(path: str) -> IO[bytes]:
    """Replaces `io.open_code`, which looks `open` up through `sys.modules` at each call."""
    return open(path, "rb")


_ours = _second_copy("_frozen_importlib_external")
_ours["_set_bootstrap_module"](bootstrap)
_ours["_os"] = SimpleNamespace(**vars(posix))
_ours["_io"] = SimpleNamespace(**{**vars(_io), "open_code": _open_code})

_SUFFIXES = (
    (_ours["ExtensionFileLoader"], _imp.extension_suffixes()),
    (_ours["SourceFileLoader"], theirs.SOURCE_SUFFIXES),
    (_ours["SourcelessFileLoader"], theirs.BYTECODE_SUFFIXES),
)
ExtensionLoader: type = _ours["ExtensionFileLoader"]
_PUBLIC: dict[type, Any] = {
    _ours["ExtensionFileLoader"]: theirs.ExtensionFileLoader,
    _ours["SourceFileLoader"]: theirs.SourceFileLoader,
    _ours["SourcelessFileLoader"]: theirs.SourcelessFileLoader,
}
_system = SimpleNamespace(**vars(posix))  # fakes of file systems patch names in modules
_FOLDER_BITS, _FOLDER = 0o170000, 0o040000


class FilesGone(ModuleNotFoundError):
    """A file of stepdbg can no longer be read; the text names the error."""


class Folders:
    """The folders and archives that hold stepdbg's modules and those of its libraries.

    entries: the entries of `sys.path` when stepdbg started, without the program's own.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._finders: dict[str, Finder] = {}
        self.entries = [absolute(each) for each in entries]
        base = getattr(sys, "_stdlib_dir", None)
        self.standard = [base, *(e for e in self.entries if _is_standard(e, base))] if base else []

    def find(self, name: str, entries: Sequence[str] | None = None) -> ModuleSpec | None:
        """The spec of a module, with a loader of stepdbg's copy; None if there is no such module.

        name: absolute.
        entries: the ``__path__`` of its parent; None for a module without one.
        """
        if entries is None:
            entries = [*self.standard, *self.entries] if is_standard_name(name) else self.entries
        portions: list[str] = []
        for entry in entries:
            finder = self.finder_for(entry)
            spec: ModuleSpec | None = None if finder is None else finder.find_spec(name)
            if spec is None:
                continue
            if spec.loader is not None:
                return spec
            portions += spec.submodule_search_locations or ()
        if not portions:
            return None
        spec = bootstrap.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = portions
        return spec

    def finder_for(self, entry: str) -> Finder | None:
        """The finder for a folder or an archive; None for anything else."""
        if entry not in self._finders:
            if _is_folder(entry):
                self._finders[entry] = _ours["FileFinder"](entry, *_SUFFIXES)
            else:
                self._finders[entry] = finder_of_archive(entry)
        return self._finders[entry]

    @staticmethod
    def is_from(entry: str, spec: ModuleSpec) -> bool:
        """Whether a module without a parent was found in this folder."""
        origin = spec.origin or ""
        if spec.submodule_search_locations is not None:
            origin = origin.rpartition("/")[0]
        return origin.rpartition("/")[0] == entry.rstrip("/")

    def forget(self, entry: str) -> None:
        """Drop the finder of a folder, so that the next search looks at it anew."""
        self._finders.pop(entry, None)


def finder_of_archive(path: str) -> Finder | None:
    """The finder for a zip archive, or for a folder in one; None for anything else."""
    inside = path
    while inside and not _exists(inside):  # the folder in an archive is not a file
        inside = inside.rpartition("/")[0]
    if not inside or _is_folder(inside):
        return None
    archive = _zipimport()
    try:
        return archive["zipimporter"](path)
    except archive["ZipImportError"]:
        return None


_zip: list[dict[str, Any]] = []


def _zipimport() -> dict[str, Any]:
    if not _zip:
        _zip.append(_second_copy("zipimport"))
    return _zip[0]


def loader_for_file(name: str, path: str) -> object:
    """The loader of stepdbg's copy for a file of source, bytecode or machine code."""
    for loader, suffixes in _SUFFIXES:
        if path.endswith(tuple(suffixes)):
            return loader(name, path)
    return None


def public_loader(spec: ModuleSpec) -> Any:
    """The loader for a module that the program can see: the one that Python would have given it."""
    loader: Any = spec.loader
    public = _PUBLIC.get(type(loader))
    if public is not None:
        return public(loader.name, loader.path)
    if loader is not None and type(loader) is _zipimport()["zipimporter"]:
        from zipimport import zipimporter  # frozen: it is never read from a file

        return zipimporter(f"{loader.archive}/{loader.prefix}".rstrip("/"))
    return loader


def code_of(spec: ModuleSpec) -> CodeType:
    """The code of a module of source or bytecode.

    CPython's compiler takes some failed allocations for errors in the source.  It then raises a
    SyntaxError, a SystemError, or "ValueError: field 'target' is required" (Python-ast.c).

    Raises:
        MemoryError: there is too little memory to compile the source.
    """
    loader: Any = spec.loader
    try:
        code: CodeType = loader.get_code(spec.name)
    except (SyntaxError, ValueError, SystemError) as error:
        if memory_is_short():
            raise MemoryError from error
        raise
    return code


_SOME_MEMORY = 1 << 24
"""In bytes: more than compiling any one module takes."""


def memory_is_short() -> bool:
    """Whether even part of the memory that a command needs cannot be allocated now."""
    try:
        bytearray(_SOME_MEMORY)
    except MemoryError:
        return True
    return False


def what_hides(entries: Iterable[str]) -> OSError | None:
    """The error for the first folder that can no longer be read; None if all can."""
    for entry in entries:
        try:
            _system.listdir(entry)
        except NotADirectoryError:
            continue  # in an archive
        except OSError as error:
            return error
    return None


def is_standard_name(name: str) -> bool:
    """Whether a module belongs to the standard library, by its name."""
    return name.partition(".")[0] in sys.stdlib_module_names


def absolute(entry: str) -> str:
    """An entry of `sys.path` as an absolute path, which holds after `os.chdir` as well."""
    if entry.startswith("/"):
        return entry
    try:
        here = _system.getcwd()
    except OSError:  # it has been removed
        return entry
    return f"{here.rstrip('/')}/{entry}" if entry else here


def _is_standard(entry: str, base: str) -> bool:
    beneath = entry.startswith(base + "/") and not entry.rstrip("/").endswith("-packages")
    return beneath or entry.rpartition("/")[2] == _ZIPPED


_ZIPPED = f"python{sys.version_info[0]}{sys.version_info[1]}.zip"


def _is_folder(path: str) -> bool:
    try:
        return bool(_system.stat(path).st_mode & _FOLDER_BITS == _FOLDER)
    except (OSError, ValueError):
        return False


def _exists(path: str) -> bool:
    try:
        _system.stat(path)
    except (OSError, ValueError):
        return False
    return True
