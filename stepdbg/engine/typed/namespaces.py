"""The names of a frame, described.

Owns: variables, arguments and completion candidates of a live frame.
Does not own: reading a frame's locals (locals) or describing one object (describing).
"""

from __future__ import annotations

import builtins
from types import FrameType, GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.describing.plain import mro_of, namespace_of
from stepdbg.engine.describing.values import describe
from stepdbg.engine.describing.walkers import find_walker
from stepdbg.model.standard import contextlib, inspect, itertools
from stepdbg.model.values import Variable

from .locals import argument_names, frame_locals, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def members(frame: FrameType, budget: Budget) -> tuple[Variable, ...]:
    """The attributes of the objects in the local variables, each by its path: ``self.size``.

    Only what an object itself holds, in its dictionary and its slots: no code of the program runs.
    budget: for one attribute; its length also limits all attributes of one object together.
    """
    return tuple(
        Variable(f"{name}.{attribute}", describe(value, budget))
        for name, owner in frame_locals(frame).items()
        if _may_have_members(owner)
        for attribute, value in itertools.islice(held_by(owner), budget.length)
    )


def _may_have_members(owner: object) -> bool:
    """Whether its attributes say more than its picture: no for standard and Trio's types."""
    kind = type(owner)
    if issubclass(kind, (type, ModuleType)) or find_walker(kind, inherited=False) is not None:
        return False
    module = namespace_of(kind).get("__module__")
    return isinstance(module, str) and module.partition(".")[0] not in ("builtins", "trio")


def held_by(owner: object) -> Iterator[tuple[str, object]]:
    """The attributes that an object holds itself, without running code of the program."""
    for name, value in [*_dictionary(owner).items()]:
        if type(name) is str:
            yield name, value
    for kind in mro_of(type(owner)):
        for name, slot in [*namespace_of(kind).items()]:
            if type(slot) is not MemberDescriptorType:
                continue
            try:
                value = slot.__get__(owner)
            except AttributeError:  # it holds nothing
                continue
            yield name, value


def _dictionary(owner: object) -> dict[object, object]:
    """The dictionary of an object; empty if it has none or its class hides it."""
    for kind in mro_of(type(owner)):
        found = namespace_of(kind).get("__dict__")
        if found is not None and type(found) is not GetSetDescriptorType:
            return {}
    try:
        found = object.__getattribute__(owner, "__dict__")
    except AttributeError:  # slots only
        return {}
    return found if type(found) is dict else {}


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
    if is_a(owner, ModuleType):
        return vars(owner).get(name, _MISSING)
    try:
        found: object = inspect.getattr_static(owner, name)
    except AttributeError:
        return _MISSING
    # Only the code of a property or a slot could give its value.
    return _MISSING if hasattr(type(found), "__get__") else found


def attributes(frame: FrameType, path: str) -> tuple[str, ...]:
    """Attribute names of a dotted path (``a.b``); empty if only running code could find them."""
    first, *rest = path.split(".")
    owner = _look_up(frame, first)
    for name in rest:
        if owner is _MISSING:
            return ()
        owner = _static_attribute(owner, name)
    return () if owner is _MISSING else tuple(sorted(_attribute_names(owner)))


def _attribute_names(owner: object) -> set[str]:
    found: set[str] = set()
    classes = mro_of(owner if is_a(owner, type) else type(owner))
    for each in classes:
        found.update(namespace_of(each))
    with contextlib.suppress(AttributeError):  # slots only
        found.update(object.__getattribute__(owner, "__dict__"))
    return {name for name in found if isinstance(name, str)}
