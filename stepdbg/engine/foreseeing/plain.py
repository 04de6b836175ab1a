"""Attributes and items of live objects, read without running code of the program.

Owns: `attribute`, `inherited`, `item`, `Leading`.
Does not own: whole paths (spaces), names for users (waiting.object_names).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    CodeType,
    FrameType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    NoneType,
    WrapperDescriptorType,
)
from typing import Final

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.describing.plain import mro_of, namespace_of
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import gc, inspect

MISSING: Final = object()
"""There is no such attribute or item."""

UNKNOWN: Final = object()
"""Only code of the program could tell."""


class Native(NamedTuple):
    """A method of an object that is written in C, such as ``append``."""

    owner: object
    name: str


_NATIVE: Final = (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    MethodDescriptorType,
    WrapperDescriptorType,
)


_module_names: GetSetDescriptorType = ModuleType.__dict__["__dict__"]  # type: ignore[index]  # it is there


def module_of(kind: type) -> str:
    """The name of the module of a class."""
    module = namespace_of(kind).get("__module__")
    return module if type(module) is str else ""


def attribute_names(kind: type) -> set[str]:
    """The names of all attributes of a class."""
    return {name for each in mro_of(kind) for name in namespace_of(each)}


def attribute(owner: object, name: str) -> object:
    """A plain attribute of an object, or a bound method; else `MISSING` or `UNKNOWN`."""
    if is_a(owner, ModuleType):
        return _module_names.__get__(owner).get(name, MISSING)
    found = inspect.getattr_static(owner, name, MISSING)
    if found is MISSING:
        return UNKNOWN if inspect.getattr_static(type(owner), "__getattr__", None) else MISSING
    if not is_a(owner, type) and _in_class(type(owner), name) is not found:
        return found  # the object's own
    return _bound(owner, name, found)


def _in_class(kind: type, name: str) -> object:
    for each in mro_of(kind):
        held = namespace_of(each)
        if name in held:
            return held[name]
    return MISSING


def _bound(owner: object, name: str, found: object) -> object:
    """What an attribute of a class becomes when it is looked up on an instance or on the class."""
    is_class = is_a(owner, type)
    if type(found) is FunctionType:
        return found if is_class else MethodType(found, owner)
    if type(found) is staticmethod:
        return found.__func__
    if type(found) is classmethod:
        return MethodType(found.__func__, owner if is_class else type(owner))
    if type(found) is MemberDescriptorType and not is_class:
        try:
            return found.__get__(owner)
        except AttributeError:  # a slot that is not set
            return MISSING
    if type(found) in _NATIVE:
        return Native(owner, name)
    return UNKNOWN if _in_class(type(found), "__get__") is not MISSING else found


def inherited(owner: object, code: CodeType, name: str) -> object:
    """What ``super().name`` is in a method of an object.

    Args:
        code: the code of the method.
    """
    classes = iter(mro_of(type(owner)))
    for each in classes:
        method = namespace_of(each).get(code.co_name)
        if type(method) is FunctionType and method.__code__ is code:
            break
    for each in classes:
        held = namespace_of(each)
        if name in held:
            return _bound(owner, name, held[name])
    return UNKNOWN


def item(owner: object, key: object) -> object:
    """An item of a list, tuple, deque or dict; else `UNKNOWN`."""
    if type(owner) in (list, tuple, deque) and type(key) is int:
        assert isinstance(owner, list | tuple | deque)
        return owner[key] if -len(owner) <= key < len(owner) else MISSING
    if type(owner) is dict:
        # Not by a look-up, which may compare the key with others by methods of the program.
        for known, value in list(owner.items()):
            if type(known) is type(key) and known == key:
                return value
        return MISSING
    return UNKNOWN


_LEAVES: Final = (
    *(type, ModuleType, CodeType, FrameType, BuiltinFunctionType),
    *(str, bytes, int, float, NoneType),
)
_DEPTH: Final = 4
_VISITED: Final = 400


class Leading:
    """Whether objects lead to one that is wanted, as far as a short search shows.

    Args:
        wanted: whether an object is wanted.
        is_leaf: whether the search ends at an object: one of the library that runs the tasks.
    """

    def __init__(self, wanted: Callable[[object], bool], is_leaf: Callable[[object], bool]) -> None:
        self._wanted, self._is_leaf = wanted, is_leaf
        self._known: dict[int, tuple[object, bool]] = {}

    def __call__(self, start: object) -> bool:
        known = self._known.get(id(start))
        if known is None:
            known = self._known[id(start)] = start, self._search(start)
        return known[1]

    def _search(self, start: object) -> bool:
        seen: set[int] = set()
        level = [start]
        for _ in range(_DEPTH + 1):
            below: list[object] = []
            for each in level:
                if self._wanted(each):
                    return True
                if id(each) in seen or issubclass(type(each), _LEAVES) or self._is_leaf(each):
                    continue
                seen.add(id(each))
                if len(seen) > _VISITED:
                    return False
                below += _referents(each)
            level = below
        return False


def _referents(obj: object) -> list[object]:
    referents = gc.get_referents(obj)
    if type(obj) is FunctionType:  # its module leads to everything
        return [each for each in referents if each is not obj.__globals__]
    return referents
