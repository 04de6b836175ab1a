"""A picture as plain JSON values, and back.

Owns: the form of objects in a dump, and being strict about it: a value is taken only if the
type hint of its field allows it.
Does not own: which types there are (shapes, model), or the file around it (container).

Every object is a row in one table, told once however often it occurs (tasks with equal stacks
share their frames).  A row names its type and holds its fields; an object in a field is the
number of a row *before* it, so that no data can go in circles.  `docs/dumps.md` explains it.
"""

from __future__ import annotations

import enum
import math
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache

from .shapes import Picture

JsonValue: typing.TypeAlias = (
    "bool | int | float | str | list[JsonValue] | tuple[JsonValue, ...] | "
    "dict[str, JsonValue] | None"
)

MOST_PARTS = 100_000_000
"""How many parts a picture may have, shared ones counted wherever they occur: a small file
could name the same parts over and over."""


class Damaged(Exception):
    """What was to be decoded is no picture; the message says what is wrong with it."""


# -- which types there are -------------------------------------------------------------------


@cache
def known_types() -> dict[str, type]:
    """Every dataclass that a picture may hold, by name."""
    found: dict[str, type] = {}
    pending: list[object] = [Picture]
    while pending:
        hint = pending.pop()
        if isinstance(hint, type) and is_dataclass(hint):
            if hint.__name__ not in found:
                found[hint.__name__] = hint
                pending += typing.get_type_hints(hint).values()
        else:
            pending += typing.get_args(hint)
    return found


# -- encoding --------------------------------------------------------------------------------

_PLAIN = frozenset({str, int, bool, type(None)})


class _Encoder:
    """Fills the tables of one picture."""

    def __init__(self) -> None:
        self.types: list[JsonValue] = []
        self.rows: list[JsonValue] = []
        self._plans: dict[type, tuple[int, tuple[str, ...]]] = {}
        self._by_identity: dict[int, int] = {}
        self._by_row: dict[object, int] = {}

    def reference(self, obj: object) -> int:
        """The number of the row of an object."""
        known = self._by_identity.get(id(obj))
        if known is not None:
            return known
        number, names = self._plan(type(obj))
        values = [getattr(obj, name) for name in names]
        # Most fields are plain, and there are a million of them in a big run.
        plain = _PLAIN
        row = (number, *[v if type(v) in plain else self._value(v) for v in values])
        found = self._by_row.setdefault(row, len(self.rows))
        if found == len(self.rows):
            self.rows.append(row)
        self._by_identity[id(obj)] = found
        return found

    def _plan(self, cls: type) -> tuple[int, tuple[str, ...]]:
        plan = self._plans.get(cls)
        if plan is None:
            if known_types().get(cls.__name__) is not cls:
                raise TypeError(f"{cls.__name__} has no place in a dump")
            names = tuple(field.name for field in fields(cls))
            self.types.append({"name": cls.__name__, "fields": names})
            plan = self._plans[cls] = len(self.types) - 1, names
        return plan

    def _value(self, value: object) -> JsonValue:
        kind = type(value)
        if kind in self._plans:  # most are, and known
            found = self._by_identity.get(id(value))
            return self.reference(value) if found is None else found
        if isinstance(value, tuple):
            plain = _PLAIN
            return tuple([item if type(item) in plain else self._value(item) for item in value])
        if isinstance(value, float):
            # JSON has no numbers without end.
            return float(value) if math.isfinite(value) else str(value)
        if isinstance(value, enum.Enum):
            return str(value.value)
        if isinstance(value, str):  # of a class of the program
            return str.__str__(value)
        return self.reference(value)


def encode(picture: Picture) -> dict[str, JsonValue]:
    """The tables of a picture: ``types``, ``objects``, and ``picture``, the number of its row."""
    encoder = _Encoder()
    number = encoder.reference(picture)
    return {"types": encoder.types, "objects": encoder.rows, "picture": number}


# -- decoding --------------------------------------------------------------------------------

Convert = Callable[[object], object]


class _Table:
    """The rows decoded so far.

    weights: how many parts each has, shared ones counted wherever they occur.
    """

    def __init__(self) -> None:
        self.objects: list[object] = []
        self._weights: list[int] = []
        self._weight = 1

    def add(self, obj: object) -> None:
        """Add the row that has just been decoded."""
        self.objects.append(obj)
        self._weights.append(self._weight)
        self._weight = 1

    def count(self, parts: int) -> None:
        """Count parts of the row that is being decoded."""
        self._weight += parts
        if self._weight > MOST_PARTS:
            raise Damaged("it would take up too much memory")

    def get(self, number: int, classes: tuple[type, ...]) -> object:
        """An earlier object, which must be of one of some types."""
        if not 0 <= number < len(self.objects):
            raise Damaged(f"row {len(self.objects)} refers to row {number}")
        found = self.objects[number]
        if type(found) not in classes:
            raise Damaged(f"row {number} is of the wrong type for row {len(self.objects)}")
        self.count(self._weights[number])
        return found


def decode(tables: object) -> Picture:
    """The picture in some tables.  Raises `Damaged`."""
    if not isinstance(tables, dict):
        raise Damaged("it holds no tables")
    rows, number = tables.get("objects"), tables.get("picture")
    if not isinstance(rows, list) or type(number) is not int:
        raise Damaged("its table of objects is missing")
    table = _Table()
    makers = _makers(tables.get("types"), table)
    for row in rows:
        if not isinstance(row, list) or not row or type(row[0]) is not int:
            raise Damaged(f"row {len(table.objects)} is no object")
        if not 0 <= row[0] < len(makers):
            raise Damaged(f"row {len(table.objects)} has no type")
        table.add(makers[row[0]](row))
    found = table.get(number, (Picture,))
    assert isinstance(found, Picture)
    return found


def _makers(listed: object, table: _Table) -> list[Callable[[list[object]], object]]:
    """For each type of the file, how to make an object of a row."""
    if not isinstance(listed, list):
        raise Damaged("its table of types is missing")
    return [_maker(each, table) for each in listed]


def _maker(listed: object, table: _Table) -> Callable[[list[object]], object]:
    if not isinstance(listed, dict):
        raise Damaged("its table of types is not one")
    name, names = listed.get("name"), listed.get("fields")
    if not isinstance(name, str) or not isinstance(names, list):
        raise Damaged("its table of types is not one")
    cls = known_types().get(name)
    if cls is None:
        return lambda _: None  # of a later version; who needs it will say so
    length = len(names) + 1
    takers = [_taker(cls, field, names, table) for field in fields(cls)]

    def make(row: list[object]) -> object:
        if len(row) != length:
            raise Damaged(f"row {len(table.objects)} has {len(row) - 1} of {length - 1} fields")
        return cls(*[take(row) for take in takers])

    return make


Row = list[object]


def _taker(
    cls: type, field: Field[object], names: list[object], table: _Table
) -> Callable[[Row], object]:
    """How to get the value of a field from a row; its default where the file has no such field."""
    if field.name in names:
        place = names.index(field.name) + 1
        convert = _converter(typing.get_type_hints(cls)[field.name], table)
        return lambda row: convert(row[place])
    default = field.default
    if default is MISSING:
        raise Damaged(f"{cls.__name__} lacks its {field.name}")
    return lambda _: default


def _converter(hint: object, table: _Table) -> Convert:
    """How to check and convert a value for a type hint."""
    is_union = typing.get_origin(hint) in (types.UnionType, typing.Union)
    parts = [_bare(part) for part in (typing.get_args(hint) if is_union else (hint,))]
    tuples = [part for part in parts if typing.get_origin(part) is tuple]
    kinds = tuple(part for part in parts if isinstance(part, type))
    assert len(kinds) + len(tuples) == len(parts), f"{hint} has no place in a dump"
    assert len(tuples) <= 1, f"the alternatives of {hint} look alike"
    as_tuple = _tuple_converter(typing.get_args(tuples[0]), table) if tuples else None
    if not kinds and as_tuple is not None:
        return as_tuple
    return _alternatives(kinds, as_tuple, table)


def _bare(hint: object) -> object:
    return hint.__supertype__ if isinstance(hint, typing.NewType) else hint


def _tuple_converter(items: tuple[object, ...], table: _Table) -> Convert:
    several = items[-1] is ...
    converters = [_converter(item, table) for item in items if item is not ...]

    def convert(value: object) -> object:
        if not isinstance(value, list) or not (several or len(value) == len(converters)):
            raise _wrong(table)
        table.count(len(value))
        if several:
            return tuple([converters[0](item) for item in value])
        return tuple([each(item) for each, item in zip(converters, value, strict=True)])

    return convert


def _alternatives(kinds: tuple[type, ...], as_tuple: Convert | None, table: _Table) -> Convert:
    """For scalars, enumerations, objects and tuples, alone or as alternatives."""
    classes = tuple(kind for kind in kinds if is_dataclass(kind))
    words = {
        str(member.value): member
        for kind in kinds
        if issubclass(kind, enum.Enum)
        for member in kind
    }
    plain = frozenset(kinds) & _PLAIN
    assert not (classes and {int, float} & set(kinds)), f"{kinds} look alike"

    def convert(value: object) -> object:
        kind = type(value)
        if kind in plain and not (kind is str and value in words):
            return value
        if isinstance(value, int) and kind is int and classes:
            return table.get(value, classes)
        if isinstance(value, str) and value in words:
            return words[value]
        if float in kinds:
            return _number(value, table)
        if as_tuple is not None:
            return as_tuple(value)
        raise _wrong(table)

    return convert


_ENDLESS = frozenset({"inf", "-inf", "nan"})


def _number(value: object, table: _Table) -> float:
    if type(value) is float or type(value) is int or (type(value) is str and value in _ENDLESS):
        try:
            return float(value)
        except OverflowError:
            pass  # an integer that is too big
    raise _wrong(table)


def _wrong(table: _Table) -> Damaged:
    return Damaged(f"row {len(table.objects)} has a field of the wrong type")
