"""How the interpreter finds stepdbg's modules.

Owns: that an import of one in the interpreter's way gives what our importer has loaded.
Does not own: loading (sealed.importer).

The console script, ``-m``, pytest and tests import modules of ours as they import any other.  The
interpreter asks `sys.path_importer_cache` for the finder of a folder, so we put a finder there for
our folders that hands over to the importer.  Without this there would be a second copy of such a
module, with a state of its own.
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
    """Let code that looks for our modules in the interpreter's way find those of the importer.

    path: the ``__path__`` of a package of stepdbg's.  load: the importer's function.
    """
    for entry in path:
        archive = finder_of_archive(entry)
        sys.path_importer_cache[entry] = (
            theirs.FileFinder(entry, (_loader_class(load), theirs.SOURCE_SUFFIXES))
            if archive is None
            else _InArchive(archive, load)
        )


_classes: dict[Load, type] = {}


def _loader_class(load: Load) -> type:
    """The class of the loaders of our own files, which the finder makes by itself."""
    if load not in _classes:

        class OwnLoader(theirs.FileLoader, theirs.SourceLoader):
            """Gives a module as the importer has it."""

            path_stats = theirs.SourceFileLoader.path_stats

            def create_module(self, spec: ModuleSpec) -> ModuleType:
                return load(spec.name)

            def exec_module(self, module: ModuleType) -> None:
                """It has been executed."""

        _classes[load] = OwnLoader
    return _classes[load]


class _InArchive:
    """Finds our own modules in an archive."""

    def __init__(self, finder: Any, load: Load) -> None:
        self._finder = finder
        self._load = load

    def find_spec(self, name: str, target: object = None) -> ModuleSpec | None:
        """The module's spec, with our loader."""
        spec: ModuleSpec | None = self._finder.find_spec(name, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loaded(spec.loader, self._load)  # type: ignore[assignment]  # stands in for any loader
        return spec


class _Loaded:
    """A loader of an archive that gives modules as the importer has them."""

    def __init__(self, loader: object, load: Load) -> None:
        self._loader = loader
        self._load = load

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module; it has been executed."""
        return self._load(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to do."""
