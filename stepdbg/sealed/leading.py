"""How the interpreter finds stepdbg's modules.

Owns: letting an ordinary import of such a module give the one that stepdbg's importer has loaded.
Does not own: loading (sealed.importer).

The console script, ``-m``, pytest and tests import stepdbg's modules like any others.  The
interpreter looks in `sys.path_importer_cache` for the finder of a folder.  So stepdbg puts a finder
there for its own folders, and that finder hands over to the importer.  Without this there would be
a second copy of such a module, with a state of its own.
"""

from __future__ import annotations

import _frozen_importlib_external as theirs
import sys

from .files import finder_of_archive
from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    Load = Callable[[str], ModuleType]


def lead(path: Iterable[str], load: Load) -> None:
    """Let ordinary imports from a package of stepdbg give the modules of the importer.

    path: the ``__path__`` of the package.
    load: `Importer.load`.
    """
    for entry in path:
        archive = finder_of_archive(entry)
        sys.path_importer_cache[entry] = (
            theirs.FileFinder(entry, (_loader_class(load), theirs.SOURCE_SUFFIXES))
            if archive is None
            else _InArchive(archive, load)
        )


class _Gives:
    """The part of a loader that gives the modules that the importer has loaded and executed."""

    _load: Load

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The importer's module."""
        module = self._load(spec.name)
        self._importers = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module back its own spec, which has the importer's loader."""
        module.__spec__ = self._importers


_classes: dict[Load, type] = {}


def _loader_class(load: Load) -> type:
    """The class of the loaders for stepdbg's files; a FileFinder takes a class, and calls it."""
    if load not in _classes:

        class OwnLoader(_Gives, theirs.FileLoader, theirs.SourceLoader):
            """The loader of one file."""

            path_stats = theirs.SourceFileLoader.path_stats
            _load = staticmethod(load)

        _classes[load] = OwnLoader
    return _classes[load]


class _InArchive:
    """Finds stepdbg's modules in an archive."""

    def __init__(self, finder: Any, load: Load) -> None:
        self._finder = finder
        self._load = load

    def find_spec(self, name: str, target: object = None) -> ModuleSpec | None:
        """The module's spec, with a loader that gives the importer's module."""
        spec: ModuleSpec | None = self._finder.find_spec(name, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loaded(spec.loader, self._load)  # type: ignore[assignment]  # stands in for any loader
        return spec


class _Loaded(_Gives):
    """A loader for an archive."""

    def __init__(self, loader: object, load: Load) -> None:
        self._loader = loader
        self._load = load

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)
