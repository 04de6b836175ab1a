"""The names of a frame, described.

Owns: variables, arguments and completion candidates of a live frame.
Does not own: getting at a frame's locals (locals) or describing one object (describing).
"""

from __future__ import annotations

import builtins
from types import FrameType, ModuleType
from typing import TYPE_CHECKING

from stepdbg.engine.describing.values import describe
from stepdbg.model.standard import contextlib, inspect
from stepdbg.model.values import Variable

from .locals import argument_names, frame_locals, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepdbg.model.values import Budget


def _described(frame: FrameType, names: Iterable[str], budget: Budget) -> tuple[Variable, ...]:
    found = frame_locals(frame)
    return tuple(Variable(name, describe(found[name], budget)) for name in names if name in found)


def variables(frame: FrameType, budget: Budget) -> tuple[Variable, ...]:
    """The local variables, in the order in which the code names them."""
    return _described(frame, frame_locals(frame), budget)


def arguments(frame: FrameType, budget: Budget) -> tuple[Variable, ...]:
    """The parameters with their present values."""
    return _described(frame, argument_names(frame.f_code), budget)


def names(frame: FrameType) -> tuple[str, ...]:
    """Names visible in a frame: locals, globals, builtins."""
    return tuple(sorted(written({*frame_locals(frame), *frame.f_globals, *vars(builtins)})))


_MISSING = object()


def _look_up(frame: FrameType, name: str) -> object:
    for scope in (frame_locals(frame), frame.f_globals, vars(builtins)):
        if name in scope:
            found: object = scope[name]
            return found
    return _MISSING


def _static_attribute(owner: object, name: str) -> object:
    """An attribute without running a property or ``__getattr__`` of the program."""
    if isinstance(owner, ModuleType):
        return vars(owner).get(name, _MISSING)
    try:
        found: object = inspect.getattr_static(owner, name)
    except AttributeError:
        return _MISSING
    # A property or a slot stands for a value that only its code could tell.
    return _MISSING if hasattr(type(found), "__get__") else found


def attributes(frame: FrameType, path: str) -> tuple[str, ...]:
    """Attribute names of a dotted path (``a.b``); empty when it cannot be told statically."""
    first, *rest = path.split(".")
    owner = _look_up(frame, first)
    for name in rest:
        if owner is _MISSING:
            return ()
        owner = _static_attribute(owner, name)
    return () if owner is _MISSING else tuple(sorted(_attribute_names(owner)))


def _attribute_names(owner: object) -> set[str]:
    found: set[str] = set()
    classes = type.__dict__["__mro__"].__get__(owner if isinstance(owner, type) else type(owner))
    for each in classes:
        found.update(type.__dict__["__dict__"].__get__(each))
    with contextlib.suppress(AttributeError):  # slots only
        found.update(object.__getattribute__(owner, "__dict__"))
    return {name for name in found if isinstance(name, str)}
