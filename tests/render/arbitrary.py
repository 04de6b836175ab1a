"""Any dataclass of the model, filled with what could go wrong.

A picture is made from the type hints of its class, so that a new field or reply is covered the
day it is written.  Everything comes from a seeded generator: a failure repeats.
"""

from __future__ import annotations

import enum
import functools
import random
import types
import typing
from dataclasses import fields, is_dataclass
from typing import TypeVar

from stepdbg.model import deeds, history, lanes, waits
from stepdbg.model.recording import Past
from stepdbg.model.schedules import Token
from stepdbg.model.uncontrolled import Touch

T = TypeVar("T")

STRINGS = (
    "",
    "x",
    "child",
    "__main__.child",
    "a rather long sentence of many words that will not fit on a narrow terminal at all",
    "a_very_long_name_without_any_blank_" * 5,
    "/usr/lib/python3.13/site-packages/trio/_timeouts.py",
    "/home/anna/a folder/pipeline.py",
    "nested.module.Class.method.<locals>.<lambda>",
    "名前の長いタスク" * 8,
    "子供",
    "한국어 이름",
    "cafe\N{COMBINING ACUTE ACCENT}" * 12,
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
    "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}" * 30,
    "\x1b[31mred\x1b[0m\x07\x9b2J\x00",
    "tab\there",
    "two\nlines",
    "return\rover\r\nwritten",
    "\N{RIGHT-TO-LEFT OVERRIDE}desrever\N{LINE SEPARATOR}\N{NEXT LINE}",
    "\udcff lone \ud800",
    "ideographic\N{IDEOGRAPHIC SPACE}blank\N{NO-BREAK SPACE}kept",
    "   leading and trailing   ",
    "long line\n" * 4 + "    async with trio.open_nursery() as nursery, trio.move_on_after(1):",
)
FLOATS = (0.0, -0.0, 1e-9, 0.0004, 0.5, 1.0, 59.96, 3600.0, 1e7, -0.25, float("inf"), -float("inf"))
INTEGERS = (0, 1, 2, 3, 41, 1000, 10**9)


def arbitrary(hint: type[T], rng: random.Random) -> T:
    """An object of a class of the model."""
    made = _value(hint, rng, 0)
    assert isinstance(made, hint)
    return made


def _value(hint: object, rng: random.Random, depth: int) -> object:
    if isinstance(hint, typing.NewType):
        return _value(hint.__supertype__, rng, depth)
    if hint is type(None):
        return None
    if hint is str:
        return rng.choice(STRINGS)
    if hint is bool:
        return rng.random() < 0.5
    if hint is int:
        return rng.choice(INTEGERS)
    if hint is float:
        return rng.choice(FLOATS)
    if hint is object:
        return rng.choice((None, 7, "an id", ["a", {"b": 1}]))
    return _composed(hint, rng, depth)


def _composed(hint: object, rng: random.Random, depth: int) -> object:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _value(rng.choice(arguments), rng, depth)
    if origin is tuple and arguments[-1] is ...:
        length = rng.randrange(4) if depth < 8 else 0
        return tuple(_value(arguments[0], rng, depth + 1) for _ in range(length))
    if origin is tuple:
        return tuple(_value(argument, rng, depth + 1) for argument in arguments)
    assert isinstance(hint, type), hint
    if issubclass(hint, enum.Enum):
        return rng.choice(list(hint))
    assert is_dataclass(hint), hint
    return hint(**{name: _value(of, rng, depth + 1) for name, of in _hints(hint)})


@functools.cache
def _hints(cls: type) -> tuple[tuple[str, object], ...]:
    assert is_dataclass(cls)
    named = {"Past": Past, "Token": Token, "Touch": Touch}
    late = vars(deeds) | vars(history) | vars(lanes) | vars(waits) | named
    hints = typing.get_type_hints(cls, localns=late)
    return tuple((field.name, hints[field.name]) for field in fields(cls))
