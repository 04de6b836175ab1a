"""The code that runs for a while on this thread, and whether it asks anything from outside.

Owns: `Executed`.
Does not own: for how long (livelocks), values (pictures).

A profile function hears of each call.  The run in which this happens is not continued afterwards,
so the program's profile function misses nothing that counts.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from contextvars import Context, ContextVar
from inspect import CO_COROUTINE
from typing import Any, Final

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.stacks.frames import origin_of, runs_for_ours
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import sys, types
from stepdbg.model.task import Origin

_KNOWN_TYPES: Final = (
    *(int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, deque),
    *(OrderedDict, Context, ContextVar, BaseException, slice, range, types.MappingProxyType),
    *(types.CoroutineType, types.GeneratorType, types.AsyncGeneratorType, types.FunctionType),
)
"""Methods of these depend only on what a picture has."""

_KNOWN_MODULES: Final = frozenset(
    (
        *("_abc", "_bisect", "_collections", "_contextvars", "_functools", "_heapq", "_operator"),
        *("_weakref", "itertools", "math", "types", "_types"),
    )
)
_BUILTINS: Final = frozenset(
    (
        *("abs", "aiter", "all", "anext", "any", "ascii", "bin", "callable", "chr", "delattr"),
        *("divmod", "format", "getattr", "globals", "hasattr", "hex", "isinstance", "issubclass"),
        *("iter", "len", "locals", "max", "min", "next", "oct", "ord", "pow", "print", "repr"),
        *("round", "setattr", "sorted", "sum", "vars", "__build_class__"),
    )
)
_OF_SYS: Final = frozenset(("_getframe", "exc_info", "exception", "getrefcount", "intern"))
_OF_CLASSES: Final = frozenset(("__new__", "__init_subclass__", "__subclasshook__", "mro"))


_OF_TRIO: Final = ("<attrs generated init trio.", "<attrs generated methods trio.")
"""How the names of files begin whose code attrs has generated for classes of Trio's."""


class Executed:
    """Code that runs while this listens.

    Attributes:
        asks: a function that may know more than a picture has; empty if none was called.
    """

    def __init__(self) -> None:
        self.asks = ""
        self._codes: dict[int, tuple[types.CodeType, dict[str, Any]]] = {}
        self._before = sys.getprofile()

    def __len__(self) -> int:
        return len(self._codes)

    def listen(self) -> None:
        """Hear of calls from now on."""
        sys.setprofile(self._heard)

    def pause(self) -> None:
        """Hear of no calls until `listen` is called again."""
        sys.setprofile(self._before)

    def globals_read(self) -> Iterator[object]:
        """The values of the global names in the code that has run, except Trio's.

        Of a module that has such a name, these are its attributes with names in that code.
        """
        for code, names in list(self._codes.values()):
            yield from _named(code.co_names, names, set())

    def _heard(self, frame: types.FrameType, event: str, function: Any) -> None:
        try:
            self._note(frame, event, function)
        except Exception as error:  # the program is the caller, and must not get it
            self.asks = self.asks or type(error).__name__

    def _note(self, frame: types.FrameType, event: str, function: Any) -> None:
        code = frame.f_code
        if event not in ("call", "c_call") or id(code) == id(runs.LOOP_CODE):
            return
        if is_ours(code.co_filename) or runs_for_ours(frame):
            return
        of_trio = origin_of(code.co_filename) is Origin.TRIO
        of_trio |= code.co_filename.startswith(_OF_TRIO)
        if event == "c_call":
            if not (self.asks or _is_known(function) or (of_trio and _is_of_loop(frame))):
                self.asks = str(getattr(function, "__qualname__", function))
        elif not of_trio:
            self._codes.setdefault(id(code), (code, frame.f_globals))


def _is_of_loop(frame: types.FrameType) -> bool:
    """Whether a function of Trio's runs between two steps, to look for I/O and deadlines."""
    caller = frame.f_back
    if caller is not None and caller.f_code is runs.LOOP_CODE:
        return not frame.f_code.co_flags & CO_COROUTINE
    return runs.loop_frame(caller) is None


def _is_known(function: Any) -> bool:
    """Whether the answer of a function in C follows from what a picture has."""
    of, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
    if is_a(of, types.ModuleType):
        module = of.__name__
        if module in _KNOWN_MODULES:
            return True
        return name in {"builtins": _BUILTINS, "sys": _OF_SYS}.get(module, ())
    if is_a(of, type):
        return name in _OF_CLASSES or of in _KNOWN_TYPES
    if name in ("__init__", "__setattr__", "__getattribute__", "__hash__", "__eq__", "__reduce__"):
        return True
    return is_a(of, *_KNOWN_TYPES)


def _named(wanted: tuple[str, ...], names: dict[str, Any], inside: set[int]) -> Iterator[object]:
    """The values of some names, and of the same names in modules among them."""
    for name in wanted:
        value = names.get(name)
        if type(value) is types.ModuleType:
            if id(value) not in inside:
                inside.add(id(value))
                yield from _named(wanted, vars(value), inside)
        elif name in names:
            yield value
