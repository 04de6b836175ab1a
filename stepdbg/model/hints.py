"""What each field of a record may hold, read once from its type hints.

Owns: the one description of a type, from which stepdbg makes the decoders of dumps and the JSON
schema.
Does not own: the names of fields, by which lines are written (records), or how a value looks in
a file or on a line (archive.codec, render.jsonlines).

A hint is a tuple of alternatives.  Each alternative is a class (a scalar, an enumeration, a
record), `Items` for a tuple, or `object` for any value.
"""

from __future__ import annotations

import dataclasses
import typing
from functools import cache

from stepdbg.model.standard import types
from stepdbg.sealed import load, undisturbed

from .records import dataclass, is_record


@dataclass(frozen=True, slots=True)
class Items:
    """A tuple.

    hints: those of its items in order.
    endless: the one hint is for any number of items.
    """

    hints: tuple[Hint, ...]
    endless: bool


Hint = tuple[type | Items, ...]

_LATE = (
    "stepdbg.model.deeds",
    "stepdbg.model.history",
    "stepdbg.model.lanes",
    "stepdbg.model.recording",
    "stepdbg.model.schedules",
    "stepdbg.model.uncontrolled",
    "stepdbg.model.waits",
)
"""Modules that others import for type checkers only, because a program without a stop needs
none of their records."""


@cache
def fields_of(record: type) -> tuple[tuple[dataclasses.Field[object], Hint], ...]:
    """The fields of a record in order, each with its hint."""
    names: dict[str, object] = {}  # not through `sys.modules`, which belongs to the program
    for module in (*_LATE, *(each.__module__ for each in reversed(record.__mro__[:-1]))):
        names |= vars(load(module))
    with undisturbed():
        hints = typing.get_type_hints(record, names)
        return tuple((each, _read(hints[each.name])) for each in dataclasses.fields(record))


def records_in(*roots: type) -> dict[str, type]:
    """Some records and all records that they may hold, at any depth, by name."""
    found: dict[str, type] = {}
    pending: list[type | Items] = [*roots]
    while pending:
        part = pending.pop()
        if isinstance(part, Items):
            pending += [each for hint in part.hints for each in hint]
        elif part.__name__ not in found and is_record(part):
            found[part.__name__] = part
            pending += [each for _, hint in fields_of(part) for each in hint]
    return found


def _read(hint: object) -> Hint:
    """The alternatives of a hint.  Raises `TypeError` for one of another form."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return tuple([part for each in typing.get_args(hint) for part in _read(each)])
    if isinstance(hint, typing.NewType):
        return _read(hint.__supertype__)
    if typing.get_origin(hint) is tuple:
        items = typing.get_args(hint)
        return (Items(tuple(_read(each) for each in items if each is not ...), ... in items),)
    if isinstance(hint, type):
        return (hint,)
    raise TypeError(f"{hint} has no place in a record")
