"""Names for objects: the variable, attribute or item of an own frame that holds one.

Owns: looking through variables for objects, without calling code of the program.
Does not own: which tasks have an object (references).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import (
    BuiltinFunctionType,
    FrameType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    NoneType,
)
from typing import Final, NamedTuple, cast

from trio.lowlevel import Task

from stepdbg.engine.foreseeing.plain import module_of
from stepdbg.engine.stacks.frames import is_own, place_of
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.standard import re

_DEPTH: Final = 2
"""``self.pool.lock`` is a name; what lies deeper is not worth the search."""

_VISITED: Final = 2_000
_ITEMS: Final = 64

_LEAVES: Final = frozenset(
    (
        *(type, ModuleType, FunctionType, BuiltinFunctionType, Task),
        *(str, bytes, int, float, bool, NoneType),
    )
)

_PLAIN_KEYS: Final = frozenset((str, int, bool, bytes, NoneType))
"""Types of keys that are shown: those that need no code of the program for it."""

_mro = type.__dict__["__mro__"]
_namespace = type.__dict__["__dict__"]


class Name(NamedTuple):
    """What the program calls an object; empty when no own frame has a name for it."""

    text: str = ""
    is_global: bool = False


def name_of(obj: object, stack: Iterable[FrameType]) -> str:
    """What `find_name` finds; empty when it finds nothing."""
    return find_name(obj, stack).text


def find_name(obj: object, stack: Iterable[FrameType]) -> Name:
    """What the own frames call an object, the innermost first.

    Of several names the one that stands in the line being executed wins, then the shortest
    path; a local variable comes before a global one.
    """
    own = [frame for frame in stack if is_own(frame.f_code.co_filename)]
    for frame in own:
        name = _name_in(obj, frame_locals(frame), _line(frame))
        if name:
            return Name(name)
    for names in {id(frame.f_globals): frame for frame in own}.values():
        name = _name_in(obj, names.f_globals, _line(names))
        if name:
            return Name(name, is_global=True)
    return Name()


def _line(frame: FrameType) -> str:
    return place_of(frame).text


def _name_in(obj: object, names: dict[str, object], line: str) -> str:
    known: dict[str, object] = {}
    found = []
    for path, value in walk(names):
        known[path] = value
        if value is obj:
            found.append(_without_wrappers(path, known))
    if not found:
        return ""
    spoken = [path for path in found if re.search(rf"(?<![\w.]){re.escape(path)}\b", line)]
    return min(spoken or found, key=lambda path: (path.count(".") + path.count("["), len(path)))


def _without_wrappers(path: str, known: dict[str, object]) -> str:
    """The name of what anyio has wrapped around an object of Trio's, if it has.

    ``lock`` for ``lock._Lock__original``: that is what its users call a lock.
    """
    owner, dot, name = path.rpartition(".")
    while dot and name.startswith("_") and _is_of_anyio(known.get(owner)):
        path = owner
        owner, dot, name = path.rpartition(".")
    return path


def _is_of_anyio(value: object) -> bool:
    return module_of(type(value)).partition(".")[0] == "anyio"


def walk(names: dict[str, object]) -> Iterator[tuple[str, object]]:
    """The objects that variables lead to, with their paths, nearest first."""
    seen: set[int] = set()
    level = [(name, value) for name, value in list(names.items()) if isinstance(name, str)]
    for depth in range(_DEPTH + 1):
        below: list[tuple[str, object]] = []
        for path, value in level:
            yield path, value
            if depth < _DEPTH and id(value) not in seen and len(seen) < _VISITED:
                seen.add(id(value))
                below.extend(_parts(path, value))
        level = below


def _parts(path: str, value: object) -> Iterator[tuple[str, object]]:
    kind = type(value)
    if kind in _LEAVES:
        return
    if kind in (list, tuple):
        items = cast(list[object], value)[:_ITEMS]
        yield from ((f"{path}[{index}]", item) for index, item in enumerate(items))
    elif kind is dict:
        yield from _dict_items(path, cast(dict[object, object], value))
    elif kind is MethodType:
        yield f"{path}.__self__", value.__self__  # type: ignore[attr-defined]  # its exact type
    else:
        trios = _is_of_trio(kind)  # whose private attributes nobody uses to name or to end a wait
        for name, part in attributes_of(value):
            if not (trios and name.startswith("_")):
                yield f"{path}.{name}", part


def _is_of_trio(kind: type) -> bool:
    return module_of(kind).partition(".")[0] == "trio"


def _dict_items(path: str, value: dict[object, object]) -> Iterator[tuple[str, object]]:
    for index, (key, item) in enumerate(list(value.items())):
        if index >= _ITEMS:
            return
        parts = key if type(key) is tuple else (key,)
        if all(type(part) in _PLAIN_KEYS for part in parts):
            inside = ", ".join(map(repr, parts)) if parts is key and len(parts) > 1 else repr(key)
            yield f"{path}[{inside}]", item


def attributes_of(value: object) -> Iterator[tuple[str, object]]:
    """The instance attributes of an object, slots included; no code of the program is asked."""
    if isinstance(value, type):
        return
    for each in _mro.__get__(type(value)):
        for name, descriptor in list(_namespace.__get__(each).items()):
            if type(descriptor) is MemberDescriptorType:
                try:
                    yield name, descriptor.__get__(value)
                except AttributeError:
                    continue  # a slot that is not set
            elif name == "__dict__" and type(descriptor) is GetSetDescriptorType:
                held = descriptor.__get__(value)
                if type(held) is dict:
                    yield from [(key, part) for key, part in held.items() if type(key) is str]
