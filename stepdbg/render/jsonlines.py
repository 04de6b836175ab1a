"""Any reply, stop, event or protocol line as JSON.

Owns: the encoding and its version.  Does not own: the shapes themselves (model, envelopes) or
their schema's building (schema).

The rules, which `docs/json.md` explains with examples:

- an object is its fields and ``kind``, the name of its type in snake case (``task_snapshot``);
  protocol lines leave out ``_line`` (``stop``, ``reply``);
- a field that is itself called ``kind`` is written with the type before it (``stop_kind``,
  ``wake_kind``, ``frame_kind``);
- a task label also carries ``short``, how a user would say it;
- a fact that nobody recorded is ``{"kind": "not_recorded"}``, and null means that there is none;
- a time without end is the largest finite number.
"""

from __future__ import annotations

import enum
import json
import json.encoder
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Final

from stepdbg.model.facts import NotRecorded
from stepdbg.model.records import replace
from stepdbg.model.replies import Failure, Listing
from stepdbg.model.task import Place, TaskLabel

from .envelopes import Envelope, JsonValue, ReplyLine

FORMAT_VERSION = 1
"""Goes up when a client that follows `docs/json.md` would have to change, not for additions."""

NOT_RECORDED_KIND = "not_recorded"


def line_of(envelope: Envelope) -> str:
    """An envelope as one line of ASCII with its newline.

    An answer that is nested too deeply for JSON (a tree of hundreds of generations) becomes a
    failure that says so.
    """
    try:
        return text_of(envelope) + "\n"
    except RecursionError:
        if not isinstance(envelope, ReplyLine):
            raise
    return line_of(replace(envelope, replies=(_TOO_DEEP,)))


_TOO_DEEP = Failure(
    "the answer is nested too deeply to be written as JSON", "`tasks` lists tasks side by side"
)


def text_of(value: object) -> str:
    """A dataclass of the model or an envelope, or whatever a field of one may hold, as JSON.

    Raises `TypeError` for anything that has no place in the protocol.
    """
    return _writers[type(value)](value)


_Writer = Callable[[Any], str]  # each is given what its type asks for


class _Writers(dict[type, _Writer]):
    """How values of a type are written, worked out once.

    A client that steps gets thousands of lines a second: no dictionaries in between.
    """

    def __missing__(self, cls: type) -> _Writer:
        made = self[cls] = _writer_for(cls)
        return made


def _writer_for(cls: type) -> _Writer:
    if issubclass(cls, NotRecorded):
        return lambda _: _NOT_RECORDED_TEXT
    if issubclass(cls, enum.Enum) and not issubclass(cls, str):
        return lambda member: text_of(member.value)
    for plain in (bool, int, str, float, tuple, list, dict):
        if issubclass(cls, plain):
            return _writers[plain]
    if not is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is no message")
    write = _writer_of_fields(cls)
    return _once(write) if cls in _COME_AGAIN else write


def _once(write: _Writer) -> _Writer:
    """Write an object that comes up again and again (the very same one) only once."""
    texts: dict[int, tuple[object, str]] = {}

    def known_or_written(obj: object) -> str:
        known = texts.get(id(obj))
        if known is not None and known[0] is obj:
            return known[1]
        if len(texts) > _TEXTS_KEPT:
            texts.clear()
        text = write(obj)
        texts[id(obj)] = obj, text
        return text

    return known_or_written


_COME_AGAIN = (Place, TaskLabel, Listing)

_TEXTS_KEPT = 1_000


def _writer_of_fields(cls: type) -> _Writer:
    names = [field.name for field in fields(cls)]
    if cls is TaskLabel:
        names.append("short")
    head = f'{{"kind":{_quoted(kind_of(cls))}'
    if not names:
        return lambda _: head + "}"
    keys = [f",{_quoted(key_of(cls, name))}:" for name in names]
    keys[0] = head + keys[0]
    values_of = attrgetter(*names) if len(names) > 1 else _only(names[0])

    def write(obj: object) -> str:
        values = zip(keys, values_of(obj), strict=True)
        return "".join([key + _writers[type(value)](value) for key, value in values]) + "}"

    return write


def _only(name: str) -> Callable[[object], tuple[object]]:
    value_of = attrgetter(name)
    return lambda obj: (value_of(obj),)


def _array(items: Iterable[object]) -> str:
    return "[" + ",".join([_writers[type(item)](item) for item in items]) + "]" if items else "[]"


def _mapping(items: dict[object, object]) -> str:
    pairs = [f"{_quoted(str(key))}:{text_of(value)}" for key, value in items.items()]
    return "{" + ",".join(pairs) + "}"


def _number(number: float) -> str:
    if not math.isfinite(number):
        number = math.copysign(sys.float_info.max, number)
    return float.__repr__(number)


# Escapes keep lone surrogates and every line separator from breaking a reader.
_quoted: Callable[[str], str] = json.encoder.encode_basestring_ascii

_NOT_RECORDED_TEXT: Final = f'{{"kind":"{NOT_RECORDED_KIND}"}}'

_writers: Final = _Writers(
    {
        # Most of what a stop could tell is not there; these are no functions of Python.
        type(None): {None: "null"}.__getitem__,
        bool: {True: "true", False: "false"}.__getitem__,
        int: int.__repr__,
        float: _number,
        str: _quoted,
        tuple: _array,
        list: _array,
        dict: _mapping,
    }
)


@cache
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


def schema() -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of every line, built from the dataclasses."""
    from .schema import build_schema  # reads type hints of the whole model; rarely wanted

    return build_schema()


def schema_text() -> str:
    """`docs/json-schema.json`, which a test keeps current."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
