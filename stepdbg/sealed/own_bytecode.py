"""The bytecode of stepdbg's own modules, read in few steps.

Owns: finding the bytecode file of a module in a package of stepdbg, and whether it is up to date.
Does not own: all other modules, and stepdbg's where anything is unusual (sealed.files).

The interpreter's finders and loaders take some fifty calls of Python functions for a module, and
most of what stepdbg needs at its start is its own modules.  The names of those are known, and so is
where their bytecode is.
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import _frozen_importlib_external as theirs
import _imp
import marshal
import posix
import sys
from types import CodeType, SimpleNamespace

from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

_system = SimpleNamespace(**vars(posix))  # fakes of file systems patch names in modules
_HEADER = 16
"""Bytes before the code: the magic number, flags, the source's time and its size (PEP 552)."""

_BY_TIME = theirs.MAGIC_NUMBER + bytes(4)
"""How a file begins whose source is known by its time and size."""

_AT_ONCE = 1 << 16
"""In bytes: as much as most bytecode files have, and not so much that memory is mapped for it."""


class OwnBytecode:
    """Finds the bytecode of modules in folders."""

    def __init__(self) -> None:
        tag, level = sys.implementation.cache_tag, sys.flags.optimize
        self._ending = f".{tag}.opt-{level}.pyc" if level else f".{tag}.pyc"
        self._usual = sys.pycache_prefix is None and tag is not None
        self._names: dict[str, frozenset[str]] = {}

    def find(self, name: str, entries: Sequence[str]) -> tuple[ModuleSpec, CodeType] | None:
        """The spec and the code of a module that has bytecode; None if it must be found otherwise.

        name: absolute.
        entries: the ``__path__`` of its parent.
        """
        if not self._usual or len(entries) != 1:
            return None
        folder, last = entries[0], name.rpartition(".")[2]
        try:
            there = self._names.get(folder)
            if there is None:
                there = self._names[folder] = frozenset(_system.listdir(folder))
            if f"{last}.py" in there:
                is_package = False
            elif last in there:
                folder, last, is_package = f"{folder}/{last}", "__init__", True
            else:
                return None
            path, cached = f"{folder}/{last}.py", f"{folder}/__pycache__/{last}{self._ending}"
            code = _code_in(cached, path)
        except (OSError, OverflowError, ValueError, EOFError, TypeError):
            return None
        if code is None:
            return None
        loader = theirs.SourceFileLoader(name, path)
        spec = bootstrap.ModuleSpec(name, loader, origin=path, is_package=is_package)
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(folder)
        spec._set_fileattr = True  # type: ignore[attr-defined]  # not in the stubs
        spec.cached = cached
        return spec, code


def _code_in(cached: str, path: str) -> CodeType | None:
    """The code in a bytecode file; None unless it was made from the source as it is now."""
    content: bytes
    descriptor = _system.open(cached, _system.O_RDONLY | _system.O_CLOEXEC)
    try:
        content = piece = _system.read(descriptor, _AT_ONCE)
        while len(piece) == _AT_ONCE:
            piece = _system.read(descriptor, _AT_ONCE)
            content += piece
    finally:
        _system.close(descriptor)
    source = _system.stat(path)
    time, size = int(source.st_mtime), source.st_size
    about = b"".join(each.to_bytes(8, "little")[:4] for each in (time, size))
    if content[:_HEADER] != _BY_TIME + about:
        return None
    code = marshal.loads(memoryview(content)[_HEADER:])
    if not isinstance(code, CodeType):
        return None
    _imp._fix_co_filename(code, path)  # type: ignore[attr-defined]  # not in the stubs
    return code
