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
import math
import sys
from dataclasses import fields, is_dataclass, replace
from functools import cache

from stepdbg.model.facts import NotRecorded
from stepdbg.model.replies import Failure
from stepdbg.model.task import TaskLabel

from .envelopes import Envelope, JsonValue, ReplyLine

FORMAT_VERSION = 1
"""Goes up when a client that follows `docs/json.md` would have to change, not for additions."""

NOT_RECORDED_KIND = "not_recorded"


def encode(obj: object) -> dict[str, JsonValue]:
    """A dataclass of the model or an envelope as a JSON object.

    Raises `TypeError` for anything that has no place in the protocol.
    """
    cls: type = type(obj)
    encoded: dict[str, JsonValue] = {"kind": kind_of(cls)}
    for attribute, key in _keys(cls):
        value = getattr(obj, attribute)
        # Most fields are plain: a client that steps gets thousands of these a second.
        encoded[key] = value if type(value) in _PLAIN else encode_value(value)
    if cls is TaskLabel:
        encoded["short"] = obj.short  # type: ignore[attr-defined]
    return encoded


_PLAIN = frozenset({str, int, bool, type(None)})


def encode_value(value: object) -> JsonValue:
    """Any value that a field may hold."""
    if value is None or type(value) in _PLAIN:
        return value  # type: ignore[return-value]
    if isinstance(value, NotRecorded):
        return {"kind": NOT_RECORDED_KIND}
    if isinstance(value, enum.Enum):
        return encode_value(value.value)
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, tuple | list):
        return [encode_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): encode_value(item) for key, item in value.items()}
    return encode(value)


def line_of(envelope: Envelope) -> str:
    """An envelope as one line of ASCII with its newline.

    An answer that is nested too deeply for JSON (a tree of hundreds of generations) becomes a
    failure that says so.
    """
    try:
        # Escapes keep lone surrogates and every line separator from breaking a reader.
        return _to_text(encode(envelope)) + "\n"
    except RecursionError:
        if not isinstance(envelope, ReplyLine):
            raise
    return line_of(replace(envelope, replies=(_TOO_DEEP,)))


# One encoder for all: json.dumps makes a new one whenever it is given separators.
_to_text = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode

_TOO_DEEP = Failure(
    "the answer is nested too deeply to be written as JSON", "`tasks` lists tasks side by side"
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


@cache
def _keys(cls: type) -> tuple[tuple[str, str], ...]:
    if not is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is no message")
    return tuple((field.name, key_of(cls, field.name)) for field in fields(cls))


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")


def _finite(number: float) -> float:
    if math.isfinite(number):
        return number
    return math.copysign(sys.float_info.max, number)


def schema() -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of every line, built from the dataclasses."""
    from .schema import build_schema  # reads type hints of the whole model; rarely wanted

    return build_schema()


def schema_text() -> str:
    """`docs/json-schema.json`, which a test keeps current."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
