"""Notices that Trio has been imported, without importing it.

Owns: a meta path finder that calls back once; keeping back a SIGINT that arrives meanwhile until
the program's import is done.  Does not own: what the call does (wiring).

stepdbg is called when the whole package ``trio`` has been executed, not in the middle of that:
then every public submodule can be imported, and still no run can have begun.
"""

from __future__ import annotations

# `_signal` is built into the interpreter.  `signal` makes enums of its names, which takes
# milliseconds.
from _signal import SIGINT, getsignal, raise_signal, signal  # type: ignore[import-not-found]  # has no stub

from stepdbg.model.standard import (
    _thread,  # threading takes 4 ms to import
    sys,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import FrameType, ModuleType
    from typing import Protocol, Self

    class _Loader(Protocol):
        def create_module(self, spec: ModuleSpec) -> ModuleType | None: ...

        def exec_module(self, module: ModuleType) -> None: ...


PACKAGE = "trio"


def call_after_import(
    callback: Callable[[], None], package: str = PACKAGE
) -> Callable[[], None] | None:
    """Call back once, right after a package has been imported by any code.

    Args:
        callback: takes no arguments.  It should raise nothing, because the program's import
            statement would raise that.  Called at once if the package has been imported already.
        package: its absolute name.

    Returns:
        What takes the finder away, so that nobody is called back; None if there is no finder.
    """
    module = sys.modules.get(package)
    if module is None or _is_initialising(module):
        finder = _Finder(package, callback)
        sys.meta_path.insert(0, finder)
        return finder.take_away
    if _sigint_during(callback):
        _deliver()
    return None


def _is_initialising(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


class _Finder:
    """Finds one package as the other finders do, and wraps the loader that they give."""

    def __init__(self, package: str, callback: Callable[[], None]) -> None:
        self._package = package
        self._callback = callback
        self._searching: set[int] = set()  # threads

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The spec of the package with a loader that calls back; None for everything else."""
        thread = _thread.get_ident()
        # Another finder may ask all finders as this one does: the two would ask each other for
        # ever.
        if fullname != self._package or thread in self._searching:
            return None
        self._searching.add(thread)
        try:
            spec = self._find_after(fullname, path, target)
        finally:
            self._searching.discard(thread)
        # An old loader, with `load_module` only, cannot be wrapped: leave it alone.
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _CallingLoader(spec.loader, self._arrived)  # type: ignore[assignment, arg-type]  # stands in for any loader
        return spec

    def _find_after(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        # The finders before stepdbg's have already been asked.
        after = sys.meta_path[sys.meta_path.index(self) + 1 :] if self in sys.meta_path else []
        for finder in after:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find and find(fullname, path, target)
            if spec is not None:
                return spec
        return None

    def take_away(self) -> None:
        """Find nothing any more, and call nobody back."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def _arrived(self) -> bool:
        if self not in sys.meta_path:
            return False
        self.take_away()
        return _sigint_during(self._callback)


class _CallingLoader:
    """Stands in for a loader until the module is executed, then puts the real one back."""

    def __init__(self, loader: _Loader, arrived: Callable[[], bool]) -> None:
        self._loader = loader
        self._arrived = arrived

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module as the real loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module with its real loader in place, then call back."""
        for holder, name in ((module.__spec__, "loader"), (module, "__loader__")):
            if getattr(holder, name, None) is self:  # and not somebody else's wrapper
                setattr(holder, name, self._loader)
        self._loader.exec_module(module)
        if self._arrived():
            _deliver()


# Where an import fails, CPython takes the frames of the import system off the traceback.  It knows
# them by their file name (import.c, remove_importlib_frames), so this function takes that name.
_CallingLoader.exec_module.__code__ = _CallingLoader.exec_module.__code__.replace(
    co_filename="<frozen importlib._bootstrap_external>"
)


def _sigint_during(work: Callable[[], None]) -> bool:
    """Do something during which SIGINT is only noted; whether it has arrived."""
    with _SigintKept() as kept:
        work()
    return kept.came


class _SigintKept:
    """A block in which SIGINT is only noted.

    Does nothing except on the main thread.

    Attributes:
        came: whether a SIGINT has arrived.
    """

    def __init__(self) -> None:
        self.came = False
        self._before: object = None
        self._handler = self._note  # bound once: `__exit__` compares

    def _note(self, _signum: int, _frame: FrameType | None) -> None:
        self.came = True

    def __enter__(self) -> Self:
        before = getsignal(SIGINT)
        if before is not None:  # else it was not set from Python
            try:
                signal(SIGINT, self._handler)
            except ValueError:
                return self
            self._before = before
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None and getsignal(SIGINT) is self._handler:
            signal(SIGINT, self._before)


def _deliver() -> None:
    """Send a SIGINT that was kept back to the handler set now; raises what that raises."""
    raise_signal(SIGINT)


# The import system calls this function, and a KeyboardInterrupt may leave it.  CPython then takes
# the frames of the import system off the traceback, down to one with this file and function name
# (import.c, remove_importlib_frames): so the program's traceback shows no frame of stepdbg.
_deliver.__code__ = _deliver.__code__.replace(
    co_filename="<frozen importlib._bootstrap>", co_name="_call_with_frames_removed"
)
