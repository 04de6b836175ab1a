"""What to run: a script, a folder or archive with ``__main__``, or a module.

Owns: finding it, `sys.argv`, `sys.path`, and its code, exactly as CPython's command line does.
Does not own: running the code (launcher.launch) or showing its exceptions (uncaught).

The order of calls: `find_target`, `enter`, `load`, then the code runs, `flush`,
`like_bare` if the code has raised something, `leave`.
"""

from __future__ import annotations

import sys
from importlib._bootstrap_external import MAGIC_NUMBER  # importlib.util takes 3 ms to import
from importlib.machinery import SourceFileLoader, SourcelessFileLoader

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import os

from .file_parser import declares_encoding, is_suspicious, is_utf8, raise_file_error
from .main_module import describe_module, describe_script, forget_script, replace_main_module
from .runpy_frames import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, TracebackType

PYC_HEADER = 16
"""Bytes before the code in a .pyc file (PEP 552): magic, flags, and two words."""


class TargetNotFound(BadUsage):
    """There is nothing to run under that name."""


class ScriptTarget:
    """A file of Python source or bytecode.

    path: as given.
    content: the file's bytes, read only once, because it may be a pipe.
    """

    def __init__(self, path: str, content: bytes) -> None:
        self._path = path
        self._filename = _absolute(path)
        self._content = content
        self._namespace: dict[str, object] = {}

    def enter(self, arguments: Sequence[str]) -> dict[str, object]:
        """Become the program's process: argv, path and a new ``__main__``, its namespace."""
        sys.argv = [self._path, *arguments]
        _drop_own_folder()
        if not sys.flags.safe_path:
            sys.path.insert(0, os.path.dirname(os.path.realpath(self._path)))
        self._namespace = replace_main_module()
        return self._namespace

    def load(self) -> CodeType:
        """The code to run.  Raises SyntaxError and others, which are the program's own errors."""
        if self._is_bytecode():
            loader = SourcelessFileLoader("__main__", self._filename)
            describe_script(self._namespace, self._filename, loader)
            return _read_bytecode(self._content)
        describe_script(
            self._namespace, self._filename, SourceFileLoader("__main__", self._filename)
        )
        return self._compile()

    def flush(self) -> None:
        """Flush the streams, as CPython does between the end of a script and its traceback."""
        for stream in (sys.stderr, sys.stdout):
            try:
                stream.flush()
            except Exception:
                continue  # as flush_io() in Python/pythonrun.c does

    def like_bare(self, traceback: TracebackType | None) -> TracebackType | None:
        """The traceback as CPython shows it: for a script it is the same."""
        return traceback

    def leave(self) -> None:
        """Clean up ``__main__``, as CPython does after showing the traceback."""
        forget_script(self._namespace)

    def exit(self) -> None:
        """Clean up as CPython does when SystemExit ends a script: only from Python 3.14 on."""
        if sys.version_info >= (3, 14):
            self.leave()

    def _compile(self) -> CodeType:
        content, filename = self._content, self._filename
        try:
            code = compile(content, filename, "exec", dont_inherit=True)
        except SyntaxError as error:
            problem = error
        else:
            if not is_utf8(content) and not declares_encoding(content):
                raise_file_error(filename)
            return code
        # Raised after the except clause, so that neither error becomes the context of the other.
        if is_suspicious(content):
            raise_file_error(filename)
        raise problem

    def _is_bytecode(self) -> bool:
        # maybe_pyc_file() in Python/pythonrun.c: by name, or by the first two bytes
        return self._filename.endswith(".pyc") or self._content[:2] == MAGIC_NUMBER[:2]


class ModuleTarget:
    """A module or package, as for ``python -m``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._namespace: dict[str, object] = {}
        self._loaded = False

    def enter(self, arguments: Sequence[str]) -> dict[str, object]:
        """Become the program's process: argv, path and a new ``__main__``, its namespace."""
        # CPython imports the packages around the module while `sys.argv[0]` is still "-m".
        sys.argv = ["-m", *arguments]
        _drop_own_folder()
        if not sys.flags.safe_path and (folder := _working_folder()):
            sys.path.insert(0, folder)
        self._namespace = replace_main_module()
        return self._namespace

    def load(self) -> CodeType:
        """The code to run.

        Raises `TargetNotFound` if there is no such module.  Exceptions of the packages around it
        pass through unchanged.
        """
        # The standard library's pdb, trace and profile also find their module through this
        # function; it implements every rule of -m about packages and missing parents.
        from runpy import (  # type: ignore[attr-defined]  # private, so not in the stubs
            _get_module_details,
        )

        code: CodeType
        try:
            _, spec, code = _get_module_details(self._name, _NotRunnable)
        except _NotRunnable as problem:
            raise TargetNotFound(f"cannot run -m {self._name}: {_one_line(problem)}") from None
        describe_module(self._namespace, spec)
        sys.argv[0] = spec.origin
        self._loaded = True
        return code

    def flush(self) -> None:
        """Do nothing: with ``-m`` CPython leaves the streams alone."""

    def like_bare(self, traceback: TracebackType | None) -> TracebackType | None:
        """The traceback as CPython shows it: with the frames of runpy."""
        return below(traceback, self._name, loaded=self._loaded)

    def leave(self) -> None:
        """Do nothing: with ``-m`` CPython keeps ``__file__``."""

    exit = leave


class ArchiveTarget:
    """A folder, a zip file, or anything else that a path hook accepts, with ``__main__`` inside."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._namespace: dict[str, object] = {}
        self._loaded = False

    def enter(self, arguments: Sequence[str]) -> dict[str, object]:
        """Become the program's process: argv, path and a new ``__main__``, its namespace."""
        sys.argv = [self._path, *arguments]
        _drop_own_folder()
        sys.path.insert(0, _absolute(self._path))  # also with -P
        self._namespace = replace_main_module()
        return self._namespace

    def load(self) -> CodeType:
        """The code to run.  Raises `TargetNotFound` if there is no ``__main__`` inside."""
        from runpy import (  # type: ignore[attr-defined]  # private, so not in the stubs
            _get_main_module_details,
        )

        code: CodeType
        try:
            _, spec, code = _get_main_module_details(_NotRunnable)
        except _NotRunnable:
            name = self._path or os.curdir
            raise TargetNotFound(f"cannot run {name}: no __main__.py is in it") from None
        describe_module(self._namespace, spec)
        self._loaded = True
        return code

    def flush(self) -> None:
        """Do nothing, as for a module."""

    def like_bare(self, traceback: TracebackType | None) -> TracebackType | None:
        """The traceback as CPython shows it: with the frames of runpy."""
        return below(traceback, "", loaded=self._loaded)

    def leave(self) -> None:
        """Do nothing, as for a module."""

    exit = leave


Target = ScriptTarget | ModuleTarget | ArchiveTarget


class _NotRunnable(Exception):
    """Raised by runpy if there is no such module: its functions let the caller choose the type."""


def find_target(module: str, path: str) -> Target:
    """The target that a command line names: a module if it has a name, else what `path` names.

    Raises `TargetNotFound` if the file cannot be read.
    """
    return ModuleTarget(module) if module else _find_script(path)


def _find_script(path: str) -> ScriptTarget | ArchiveTarget:
    if _is_importable_from(_absolute(path)):
        return ArchiveTarget(path)
    try:
        with open(path, "rb") as stream:
            return ScriptTarget(path, stream.read())
    except OSError as error:
        raise TargetNotFound(f"cannot open {path}: {error.strerror or error}") from None
    except ValueError as error:  # a null byte in the name
        raise TargetNotFound(f"cannot open {path!r}: {error}") from None


def _is_importable_from(path: str) -> bool:
    """Whether modules can be imported from a path (``PyImport_GetImporter``).

    Like that function of CPython, this one puts the result into `sys.path_importer_cache`.
    """
    if path not in sys.path_importer_cache:
        sys.path_importer_cache[path] = None
        for hook in sys.path_hooks:
            try:
                sys.path_importer_cache[path] = hook(path)
            except ImportError:
                continue
            break
    return sys.path_importer_cache[path] is not None


def _drop_own_folder() -> None:
    """Remove from `sys.path` the folder that the interpreter added when it started stepdbg."""
    by_module = getattr(sys.modules.get("__main__"), "__spec__", None) is not None
    # For `-m stepdbg` that is the working directory; if it has been removed, nothing was added.
    if not sys.flags.safe_path and not (by_module and not _working_folder()):
        del sys.path[0]


def _absolute(path: str) -> str:
    """The path as CPython makes a script's name absolute: joined, not normalised."""
    return os.path.join(_working_folder(), path)


def _working_folder() -> str:
    """The working directory; empty if it has been removed."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def _read_bytecode(content: bytes) -> CodeType:
    """The code in a .pyc file, with the errors of ``run_pyc_file``."""
    from stepdbg.model.standard import marshal

    if len(content) < len(MAGIC_NUMBER) and sys.version_info >= (3, 13):
        raise EOFError("EOF read where not expected")
    if content[:4] != MAGIC_NUMBER:
        raise RuntimeError("Bad magic number in .pyc file")
    try:
        code = marshal.loads(memoryview(content)[PYC_HEADER:])
    except (EOFError, ValueError, TypeError):
        code = None
    if not isinstance(code, type(_read_bytecode.__code__)):
        raise RuntimeError("Bad code object in .pyc file") from None
    return code


def _one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())
