"""The code for a name that the user knows: exported, imported, assigned, or an attribute.

Owns: `code_named`.
Does not own: names in the definitions of code (breaking.line_breaks); values of names (namespaces).

It follows only plain attributes: no property, ``__getattr__`` or descriptor of the program runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.model.standard import inspect, sys

from .locals import frame_locals
from .private_names import class_around, mangled

_MISSING = object()
_DEEPEST = 100


def code_named(name: str, frames: Iterable[FrameType]) -> CodeType | None:
    """The code of the function that a dotted name leads to; None if it leads to no function.

    Args:
        name: such as ``trio.sleep``, ``client.send`` or ``handler``.
        frames: where it is looked up; the first frame that has the name wins.  After the frames
            come the main module and the loaded modules.
    """
    parts = name.split(".")
    for space, private in _spaces(frames):
        first, *rest = (mangled(part, private) for part in parts)
        if first in space:
            code = _code_at(space[first], rest)
            if code is not None:
                return code
    for count in range(len(parts) - 1, 0, -1):
        module = sys.modules.get(".".join(parts[:count]))
        if module is not None:
            code = _code_at(module, parts[count:])
            if code is not None:
                return code
    return None


def _spaces(frames: Iterable[FrameType]) -> Iterator[tuple[Mapping[str, object], str]]:
    """Namespaces to search, each with the class whose private names are meant there."""
    for frame in frames:
        private = class_around(frame.f_code)
        yield frame_locals(frame), private
        yield frame.f_globals, private
    main = sys.modules.get("__main__")
    if isinstance(main, ModuleType):
        yield vars(main), ""


def _code_at(owner: object, names: list[str]) -> CodeType | None:
    """The code of the object that a chain of attributes leads to."""
    for name in names:
        if is_a(owner, ModuleType):
            owner = vars(owner).get(name, _MISSING)
        else:
            try:
                owner = inspect.getattr_static(owner, name)
            except AttributeError:
                return None
    return _code_of(owner)


def _code_of(found: object) -> CodeType | None:
    """The code that a call of an object runs, without the wrappers around it."""
    for _ in range(_DEEPEST):
        if is_a(found, staticmethod, classmethod) or type(found) is MethodType:
            found = found.__func__
            continue
        wrapped = inspect.getattr_static(found, "__wrapped__", None)
        if wrapped is not None and not is_a(found, type):
            found = wrapped
        elif type(found) is FunctionType:
            return found.__code__
        elif type(found) is partial:
            found = found.func
        elif type(found) is property:
            found = found.fget
        elif is_a(found, type):
            found = inspect.getattr_static(found, "__init__", None)
        else:
            return None
    return None
