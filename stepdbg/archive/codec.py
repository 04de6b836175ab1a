"""A picture as plain JSON values, and back.

Owns: the form of objects in a dump, and being strict about it: a value is taken only if the
type hint of its field allows it.
Does not own: which types there are (shapes, model), reading their hints (model.hints), or the
file around it (container).

Every object is a row in one table, written once however often it occurs (tasks with equal stacks
share their frames).  A row names its type and holds its fields.  A field that holds an object
has the number of an *earlier* row, so no object can contain itself.  `docs/dumps.md` explains it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import MISSING
from functools import cache
from typing import Any, TypeAlias

from stepdbg.model.hints import Hint, Items, fields_of, records_in
from stepdbg.model.records import is_record, names_of
from stepdbg.model.standard import contextlib, math

from .shapes import Picture

JsonValue: TypeAlias = (
    "bool | int | float | str | list[JsonValue] | tuple[JsonValue, ...] | "
    "dict[str, JsonValue] | None"
)

MOST_PARTS = 100_000_000
"""How many parts a picture may have.  A shared part counts each time it occurs, because a small
file could name the same parts over and over."""

MOST = 2**63
"""Every count, line and number of stepdbg is smaller, and code that shows them relies on that."""


class Damaged(Exception):
    """The data to decode is not a picture; the message says what is wrong with it."""


@cache
def known_types() -> dict[str, type]:
    """Every record that a picture may hold, by name."""
    return records_in(Picture)


# -- encoding --------------------------------------------------------------------------------

_PLAIN = frozenset({str, int, bool, type(None)})


Change = Callable[[Any], Any]
"""Gives the record to write in place of a record; it may be the same one."""


class _Encoder:
    """Fills the tables of one picture.

    change_of: gives the change made to every record of a type before it is written; None: none.
    """

    def __init__(self, change_of: Callable[[type], Change | None]) -> None:
        self.types: list[JsonValue] = []
        self.rows: list[JsonValue] = []
        self._change_of = change_of
        self._changed: list[object] = []  # kept alive, so no other object gets their id
        self._plans: dict[type, tuple[int, tuple[str, ...], Change | None]] = {}
        self._by_identity: dict[int, int] = {}
        self._by_row: dict[object, int] = {}

    def reference(self, obj: object) -> int:
        """The number of the row of an object."""
        known = self._by_identity.get(id(obj))
        if known is not None:
            return known
        number, names, change = self._plan(type(obj))
        changed = obj
        if change is not None and (changed := change(obj)) is not obj:
            self._changed.append(changed)
        values = [getattr(changed, name) for name in names]
        # Most fields are plain, and there are a million of them in a big run.
        plain = _PLAIN
        row = (number, *[v if type(v) in plain else self._value(v) for v in values])
        found = self._by_row.setdefault(row, len(self.rows))
        if found == len(self.rows):
            self.rows.append(row)
        self._by_identity[id(obj)] = found
        return found

    def _plan(self, cls: type) -> tuple[int, tuple[str, ...], Change | None]:
        plan = self._plans.get(cls)
        if plan is None:
            if known_types().get(cls.__name__) is not cls:
                raise TypeError(f"{cls.__name__} has no place in a dump")
            names = names_of(cls)
            self.types.append({"name": cls.__name__, "fields": names})
            plan = self._plans[cls] = len(self.types) - 1, names, self._change_of(cls)
        return plan

    def _value(self, value: object) -> JsonValue:
        kind = type(value)
        if kind in self._plans:  # most are records, and most of those are written already
            found = self._by_identity.get(id(value))
            return self.reference(value) if found is None else found
        if isinstance(value, tuple):
            plain = _PLAIN
            return tuple([item if type(item) in plain else self._value(item) for item in value])
        if isinstance(value, float):
            # JSON has neither infinity nor NaN.
            return float(value) if math.isfinite(value) else str(value)
        if isinstance(value, enum.Enum):
            return str(value.value)
        if isinstance(value, str):  # of a class of the program
            return str.__str__(value)
        return self.reference(value)


def encode(
    picture: Picture, change_of: Callable[[type], Change | None] | None = None
) -> dict[str, JsonValue]:
    """The tables of a picture: ``types``, ``objects``, and ``picture``, the number of its row.

    change_of: how records of a type are changed before they are written (`masking.change_of`).
    """
    encoder = _Encoder(change_of or (lambda _: None))
    number = encoder.reference(picture)
    return {"types": encoder.types, "objects": encoder.rows, "picture": number}


# -- decoding --------------------------------------------------------------------------------

Convert = Callable[[object], object]


class _Table:
    """The rows decoded so far.

    _weights: how many parts each row has; a shared part counts each time it occurs.
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

    def wrong(self) -> Damaged:
        """The exception to raise for a value that the hint of its field does not allow."""
        return Damaged(f"row {len(self.objects)} has a field of the wrong type")


def decode(tables: object) -> Picture:
    """The picture that the tables of a file hold.  Raises `Damaged`."""
    if not isinstance(tables, dict):
        raise Damaged("it holds no tables")
    rows, number, listed = (tables.get(key) for key in ("objects", "picture", "types"))
    if not isinstance(rows, list) or type(number) is not int:
        raise Damaged("its table of objects is missing")
    if not isinstance(listed, list):
        raise Damaged("its table of types is missing")
    table = _Table()
    makers = [_maker(each, table) for each in listed]
    for row in rows:
        if not isinstance(row, list) or not row or type(row[0]) is not int:
            raise Damaged(f"row {len(table.objects)} is not an object")
        if not 0 <= row[0] < len(makers):
            raise Damaged(f"row {len(table.objects)} has no type")
        table.add(makers[row[0]](row))
    found = table.get(number, (Picture,))
    assert isinstance(found, Picture)
    return found


def _maker(listed: object, table: _Table) -> Callable[[list[object]], object]:
    """Give the function that makes an object from a row, for one of the file's types."""
    name, names = (
        (listed.get("name"), listed.get("fields")) if isinstance(listed, dict) else ("", 0)
    )
    if not isinstance(name, str) or not isinstance(names, list):
        raise Damaged("its table of types is malformed")
    cls = known_types().get(name)
    if cls is None:
        return lambda _: None  # a type of a later version; a field that refers to it is refused
    # A field that the file lacks gets its default, whatever is at place 0.
    takers: list[tuple[int, Convert]] = []
    for field, hint in fields_of(cls):
        if field.name in names:
            takers.append((names.index(field.name) + 1, _converter(hint, table)))
        elif field.default is MISSING:
            raise Damaged(f"{cls.__name__} lacks its {field.name}")
        else:
            takers.append((0, _always(field.default)))
    length = len(names) + 1

    def make(row: list[object]) -> object:
        if len(row) != length:
            raise Damaged(f"row {len(table.objects)} has {len(row) - 1} of {length - 1} fields")
        return cls(*[convert(row[place]) for place, convert in takers])

    return make


def _always(value: object) -> Convert:
    return lambda _: value


def _converter(hint: Hint, table: _Table) -> Convert:
    """Give the function that checks a value against the hint of its field and converts it."""
    tuples = [_tuple_converter(part, table) for part in hint if isinstance(part, Items)]
    kinds = tuple(part for part in hint if not isinstance(part, Items))
    classes = tuple(kind for kind in kinds if is_record(kind))
    names = {
        str(each.value): each for kind in kinds if issubclass(kind, enum.Enum) for each in kind
    }
    plain = _PLAIN.intersection(kinds)
    alike = len(tuples) > 1 or (classes and {int, float}.intersection(kinds))
    assert not alike, f"the alternatives of {hint} look alike"
    if not kinds:
        return tuples[0]

    def convert(value: object) -> object:
        kind = type(value)
        if kind in plain and not (kind is str and value in names):
            if kind is int and not -MOST < value < MOST:  # type: ignore[operator]  # it is one
                raise table.wrong()
            return value
        if isinstance(value, int) and kind is int and classes:
            return table.get(value, classes)
        if isinstance(value, str) and value in names:
            return names[value]
        if float in kinds:
            return _number(value, table)
        if tuples:
            return tuples[0](value)
        raise table.wrong()

    return convert


def _tuple_converter(items: Items, table: _Table) -> Convert:
    converters = [_converter(hint, table) for hint in items.hints]

    def convert(value: object) -> object:
        if not isinstance(value, list) or not (items.endless or len(value) == len(converters)):
            raise table.wrong()
        table.count(len(value))
        if items.endless:
            return tuple([converters[0](item) for item in value])
        return tuple([each(item) for each, item in zip(converters, value, strict=True)])

    return convert


def _number(value: object, table: _Table) -> float:
    if type(value) is float or type(value) is int or value in ("inf", "-inf", "nan"):
        with contextlib.suppress(OverflowError):  # an integer that is too big
            return float(value)
    raise table.wrong()
