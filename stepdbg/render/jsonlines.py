"""Any reply, stop, event or protocol line as JSON.

Owns: the encoding and its version.  Does not own: the shapes themselves (model, envelopes).

`docs/json.md` gives the rules, with examples.
"""

from __future__ import annotations

import enum
import json.encoder
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final

from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import NotRecorded
from stepdbg.model.once_each import once_for_each
from stepdbg.model.records import is_record, names_of, replace
from stepdbg.model.replies import Failure, Listing
from stepdbg.model.standard import math, sys
from stepdbg.model.task import Place, TaskLabel

from .envelopes import Envelope, ReplyLine

FORMAT_VERSION = 1
"""Rises if a client that follows `docs/json.md` would have to change, but not for additions."""

NOT_RECORDED_KIND = "not_recorded"


def line_of(envelope: Envelope) -> str:
    """An envelope as one line of ASCII with its newline.

    An answer that is nested too deeply (a tree of hundreds of generations) becomes a failure.
    """
    try:
        return _writers[type(envelope)](envelope) + "\n"
    except RecursionError:
        if not isinstance(envelope, ReplyLine):
            raise
    return line_of(replace(envelope, replies=(_TOO_DEEP,)))


_TOO_DEEP = Failure(
    "the answer is nested too deeply to be written as JSON", "`tasks` lists tasks side by side"
)


def text_of(value: object) -> str:
    """Write a dataclass of the model, an envelope, or any value of one of their fields as JSON.

    Raises `TypeError` for any other value.
    """
    return _writers[type(value)](value)


class Written(str):
    """Finished JSON, which becomes a part of a line unchanged."""

    __slots__ = ()


def written(value: object) -> Written:
    """Write a client's value as JSON now, for use in a later line.

    The value may be nested as deeply as reading allows, and the later line may be written where
    fewer frames are left.  The finished JSON can be written anywhere.

    Raises:
        BadUsage: the value cannot be written.
    """
    try:
        return Written(text_of(value))
    except RecursionError:
        raise BadUsage("it is nested too deeply to be given back") from None
    except ValueError:  # the program has lowered the limit for digits of a number
        raise BadUsage("it holds a number that is too long to be given back") from None


_Writer = Callable[[Any], str]  # each one gets values of its own type


class _Writers(dict[type, _Writer]):
    """The functions that write values, one for each type, made at first use.

    A client that steps gets thousands of lines a second, so they build no dictionaries.
    """

    def __missing__(self, cls: type) -> _Writer:
        made = self[cls] = self._made_for(cls)
        return made

    def _made_for(self, cls: type) -> _Writer:
        if issubclass(cls, NotRecorded):
            return lambda _: _NOT_RECORDED_TEXT
        if issubclass(cls, enum.Enum) and not issubclass(cls, str):
            return lambda member: text_of(member.value)
        for plain in (bool, int, str, float, tuple, list, dict):
            if issubclass(cls, plain):
                return self[plain]
        if not is_record(cls):
            raise TypeError(f"{cls.__name__} is not a message")
        write = _writer_of_fields(cls)
        return once_for_each(_TEXTS_KEPT)(write) if cls in _COME_AGAIN else write


_COME_AGAIN = (Place, TaskLabel, Listing)

_TEXTS_KEPT = 1_000


def _writer_of_fields(cls: type) -> _Writer:
    names = names_of(cls) if cls is not TaskLabel else (*names_of(cls), "short")
    head = f'{{"kind":{_quoted(kind_of(cls))}'
    if not names:
        return lambda _: head + "}"
    keys = [f",{_quoted(key_of(cls, name))}:" for name in names]
    keys[0] = head + keys[0]
    values_of = attrgetter(*names, names[0])  # of one name it would give no tuple

    def write(obj: object) -> str:
        text = ""
        for key, value in zip(keys, values_of(obj), strict=False):
            # Most tuples are empty, and Python has only one empty tuple.
            text += key + (_writers[type(value)](value) if value is not _EMPTY else "[]")
        return text + "}"

    return write


def _array(items: Iterable[object]) -> str:
    return "[" + ",".join([_writers[type(item)](item) for item in items]) + "]"


def _mapping(items: dict[object, object]) -> str:
    pairs = [f"{_quoted(str(key))}:{text_of(value)}" for key, value in items.items()]
    return "{" + ",".join(pairs) + "}"


def _number(number: float) -> str:
    if not math.isfinite(number):
        number = math.copysign(sys.float_info.max, number)
    return float.__repr__(number)


# Escapes keep lone surrogates and every line separator from breaking a reader.
_quoted: Callable[[str], str] = json.encoder.encode_basestring_ascii

_EMPTY: Final = ()

_NOT_RECORDED_TEXT: Final = f'{{"kind":"{NOT_RECORDED_KIND}"}}'

_writers: Final = _Writers(
    {
        # Most fields of a stop are None; this is a method in C, which is faster than a function.
        type(None): {None: "null"}.__getitem__,
        bool: {True: "true", False: "false"}.__getitem__,
        int: int.__repr__,
        float: _number,
        str: _quoted,
        Written: str,
        tuple: _array,
        list: _array,
        dict: _mapping,
    }
)


def kind_of(cls: type) -> str:
    """The ``kind`` of a type: its name in snake case, without the ``Line`` of an envelope."""
    return _snake_case(cls.__name__.removesuffix("Line"))


def key_of(cls: type, attribute: str) -> str:
    """The key of a field: its name, except for one called ``kind``."""
    if attribute != "kind":
        return attribute
    return _snake_case(cls.__name__.removesuffix("Snapshot")) + "_kind"


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")
