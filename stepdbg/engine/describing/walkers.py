"""How objects of the standard types are described, without calling code of the program.

Owns: one walker for each such type, and finding it.
Does not own: the budget (values), the layout (pictures).

A walker calls methods of the base type (``list.__len__(obj)``), never of the object: that works for
subclasses and never runs code of the program.  Types are compared by identity, because a metaclass
may define ``__eq__`` and ``__hash__``.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CodeType,
    CoroutineType,
    EllipsisType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
    NoneType,
    NotImplementedType,
)
from typing import Any, Final, Protocol

from .pictures import Node, flat
from .plain import one_line, plain_text, static_attribute, type_name

_NAME: Final = 200


class Describer(Protocol):
    """What walkers need from a description in progress."""

    def node(self, obj: object, depth: int) -> Node:
        """Describe an object inside another one."""

    def leaf(self, text: str, *, cut: bool = False) -> str:
        """A finished piece; `cut`: whether something is missing in it."""

    def limit(self) -> int:
        """Characters that the next piece may have."""

    def group(
        self,
        obj: object,
        edges: tuple[str, str],
        items: Iterable[Any],
        size: int,
        depth: int,
        label: Callable[[Any], str] | None = None,
    ) -> Node:
        """A container of `size` items; with `label`, of pairs whose first part becomes a label."""


Walker = Callable[[Describer, Any, int], Node]


def find_walker(kind: type, *, inherited: bool) -> Walker | None:
    """The walker for objects of a type.

    inherited: also for subclasses that have kept their base's ``__repr__``.
    """
    walker = _EXACT.get(id(kind))
    if walker is None and inherited:
        walker = _BY_REPR.get(id(static_attribute(kind, "__repr__")))
    return walker


def quoted(describer: Describer, obj: Any, slot: Any, start: Any) -> Node:
    """A string or bytes.

    slot: the base type.
    start: the longest part that can be shown.
    """
    text = slot.__repr__(start)
    limit = describer.limit()
    if slot.__len__(start) == slot.__len__(obj) and len(text) <= limit:
        return describer.leaf(text)
    return describer.leaf(f"{text[: limit - 2]}{text[-1]}…"[:limit], cut=True)


def _str(describer: Describer, obj: str, _depth: int) -> Node:
    return quoted(describer, obj, str, str.__getitem__(obj, slice(0, describer.limit())))


def _bytes(describer: Describer, obj: bytes, _depth: int) -> Node:
    return quoted(describer, obj, bytes, bytes.__getitem__(obj, slice(0, describer.limit())))


def _bytearray(describer: Describer, obj: bytearray, _depth: int) -> Node:
    start = bytearray.__getitem__(obj, slice(0, describer.limit()))
    return quoted(describer, obj, bytearray, start)


def _int(describer: Describer, obj: int, _depth: int) -> Node:
    bits = int.bit_length(obj)
    # Python refuses decimals of more than 4300 digits, and a program may have lowered that to 640.
    if bits < 2000 and bits < 3 * describer.limit():
        return describer.leaf(int.__repr__(obj))
    sign = "-" if int.__lt__(obj, 0) else ""
    start = int.__rshift__(int.__abs__(obj), bits - 64)
    return describer.leaf(f"{sign}{start:#x}… ({bits} bits)", cut=True)


def _float(describer: Describer, obj: float, _depth: int) -> Node:
    return describer.leaf(float.__repr__(obj))


def _complex(describer: Describer, obj: complex, _depth: int) -> Node:
    return describer.leaf(complex.__repr__(obj))


def _native(describer: Describer, obj: object, _depth: int) -> Node:
    """A type whose ``__repr__`` is in C and calls no other code."""
    try:
        return describer.leaf(plain_text(repr(obj)))
    except ValueError:  # a range with a number that is too long
        return describer.leaf(f"<{type_name(type(obj))} at {id(obj):#x}>")


def _object(describer: Describer, obj: object, _depth: int) -> Node:
    return describer.leaf(f"<{type_name(type(obj))} object at {id(obj):#x}>")


def _class(describer: Describer, obj: type, _depth: int) -> Node:
    return describer.leaf(f"<class '{type_name(obj)}'>")


def _module(describer: Describer, obj: ModuleType, _depth: int) -> Node:
    name = obj.__dict__.get("__name__")
    return describer.leaf(f"<module '{one_line(name, _NAME) if type(name) is str else '?'}'>")


def _method(describer: Describer, obj: MethodType, depth: int) -> Node:
    function = obj.__func__
    name = one_line(function.__qualname__, _NAME) if type(function) is FunctionType else "?"
    owner = flat(describer.node(obj.__self__, depth - 1))
    return describer.leaf(f"<bound method {name} of {owner}>")


def _list(describer: Describer, obj: list[object], depth: int) -> Node:
    return describer.group(obj, ("[", "]"), list.__iter__(obj), list.__len__(obj), depth)


def _tuple(describer: Describer, obj: tuple[object, ...], depth: int) -> Node:
    size = tuple.__len__(obj)
    edges = ("(", ",)" if size == 1 else ")")
    return describer.group(obj, edges, tuple.__iter__(obj), size, depth)


def _set(describer: Describer, obj: set[object], depth: int) -> Node:
    size = set.__len__(obj)
    edges = ("{", "}") if size and type(obj) is set else _set_edges(obj, size)
    return describer.group(obj, edges, set.__iter__(obj), size, depth)


def _frozenset(describer: Describer, obj: frozenset[object], depth: int) -> Node:
    size = frozenset.__len__(obj)
    return describer.group(obj, _set_edges(obj, size), frozenset.__iter__(obj), size, depth)


def _set_edges(obj: object, size: int) -> tuple[str, str]:
    name = _short_name(obj)
    return (f"{name}({{", "})") if size else (f"{name}(", ")")


def _deque(describer: Describer, obj: deque[object], depth: int) -> Node:
    most = deque.maxlen.__get__(obj)
    edges = (f"{_short_name(obj)}([", "])" if most is None else f"], maxlen={most})")
    return describer.group(obj, edges, deque.__iter__(obj), deque.__len__(obj), depth)


def _dict(describer: Describer, obj: dict[Any, object], depth: int) -> Node:
    return _mapping(describer, obj, ("{", "}"), depth)


def _defaultdict(describer: Describer, obj: defaultdict[Any, object], depth: int) -> Node:
    factory = flat(describer.node(_default_factory(obj), depth - 1))
    return _mapping(describer, obj, (f"{_short_name(obj)}({factory}, {{", "})"), depth)


# By `dict.items`, that is, in the order of insertion: an OrderedDict's own iterator hashes its
# keys, which may run code of the program.  The two orders differ only after `move_to_end`.
def _ordered_dict(describer: Describer, obj: OrderedDict[Any, object], depth: int) -> Node:
    return _mapping(describer, obj, (f"{_short_name(obj)}({{", "})"), depth)


def _mapping(
    describer: Describer, obj: dict[Any, object], edges: tuple[str, str], depth: int
) -> Node:
    def label(key: object) -> str:
        return flat(describer.node(key, depth - 1)) + ": "

    return describer.group(obj, edges, dict.items(obj), dict.__len__(obj), depth, label)


def _view(describer: Describer, obj: Any, depth: int) -> Node:
    """``dict.keys()`` and its like, whose ``__repr__`` would build the whole list first."""
    edges = (f"{type_name(type(obj))}([", "])")
    return describer.group(obj, edges, obj, len(obj), depth)


def _default_factory(obj: defaultdict[Any, object]) -> object:
    return defaultdict.__dict__["default_factory"].__get__(obj)


def _short_name(obj: object) -> str:
    return type_name(type(obj)).rpartition(".")[2]


_INHERITABLE: Final[dict[type, Walker]] = {
    str: _str,
    bytes: _bytes,
    bytearray: _bytearray,
    int: _int,
    float: _float,
    complex: _complex,
    list: _list,
    tuple: _tuple,
    set: _set,
    frozenset: _frozenset,
    dict: _dict,
    deque: _deque,
    defaultdict: _defaultdict,
    OrderedDict: _ordered_dict,
}

_FINAL: Final[dict[type, Walker]] = {
    ModuleType: _module,
    MethodType: _method,
    type: _class,
    **dict.fromkeys((type({}.keys()), type({}.values()), type({}.items())), _view),
    **dict.fromkeys(
        (
            bool,
            NoneType,
            EllipsisType,
            NotImplementedType,
            range,
            FunctionType,
            BuiltinFunctionType,
            CoroutineType,
            GeneratorType,
            AsyncGeneratorType,
            CodeType,
        ),
        _native,
    ),
}

_EXACT: Final = {id(kind): walker for kind, walker in {**_INHERITABLE, **_FINAL}.items()}

_BY_REPR: Final = {
    **{id(kind.__dict__["__repr__"]): walker for kind, walker in _INHERITABLE.items()},
    id(object.__dict__["__repr__"]): _object,
}
