"""The JSON Schema of the line protocol.

Owns: reading the dataclasses of the model and the envelopes as a schema.
Does not own: the encoding that it describes (jsonlines).
"""

from __future__ import annotations

import enum
import inspect
import types
import typing
from dataclasses import fields, is_dataclass

from stepdbg.model.facts import NotRecorded
from stepdbg.model.task import TaskLabel

from .envelopes import Envelope, JsonValue, Request
from .jsonlines import FORMAT_VERSION, NOT_RECORDED_KIND, key_of, kind_of

Schema = dict[str, JsonValue]

_SCALARS = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def build_schema() -> dict[str, JsonValue]:
    """A schema that every line validates against; `Request` is among its definitions."""
    definitions: dict[str, JsonValue] = {}
    pending: list[type] = list(typing.get_args(Envelope))
    while pending:
        cls = pending.pop()
        if cls.__name__ not in definitions:
            definitions[cls.__name__] = _object(cls, pending)
    definitions[Request.__name__] = _request()
    lines: list[JsonValue] = [_reference(cls) for cls in typing.get_args(Envelope)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"stepdbg JSON lines, format {FORMAT_VERSION}",
        "description": "Every line that stepdbg --json writes is one of these.",
        "anyOf": lines,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(cls: type, pending: list[type]) -> Schema:
    """The schema of a dataclass; types it mentions are added to `pending`."""
    assert is_dataclass(cls)
    hints = typing.get_type_hints(cls)
    properties: dict[str, JsonValue] = {"kind": {"const": kind_of(cls)}}
    for field in fields(cls):
        properties[key_of(cls, field.name)] = _type(hints[field.name], pending)
    if cls is TaskLabel:
        properties["short"] = {"type": "string"}
    required: list[JsonValue] = list(properties)
    return {
        "description": _description(cls),
        "type": "object",
        "properties": properties,
        "required": required,
    }


def _description(cls: type) -> str:
    """The docstring of a type as one string, paragraph by paragraph."""
    paragraphs = inspect.cleandoc(cls.__doc__ or "").split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _type(hint: object, pending: list[type]) -> Schema:
    if hint is object:  # whatever the client made it
        return {}
    if isinstance(hint, typing.NewType):
        return _type(hint.__supertype__, pending)
    if isinstance(hint, type) and hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _enumeration(hint)
    if typing.get_origin(hint) is tuple:
        return _array(typing.get_args(hint), pending)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return {"anyOf": [_type(part, pending) for part in typing.get_args(hint)]}
    assert isinstance(hint, type), f"{hint} has no place in the protocol"
    pending.append(hint)
    return _reference(hint)


def _enumeration(cls: type[enum.Enum]) -> Schema:
    if cls is NotRecorded:
        properties: Schema = {"kind": {"const": NOT_RECORDED_KIND}}
        return {"type": "object", "properties": properties, "required": ["kind"]}
    return {"enum": [str(member.value) for member in cls]}


def _array(items: tuple[object, ...], pending: list[type]) -> Schema:
    if items[-1] is ...:
        return {"type": "array", "items": _type(items[0], pending)}
    prefix: list[JsonValue] = [_type(item, pending) for item in items]
    return {"type": "array", "prefixItems": prefix, "items": False, "minItems": len(items)}


def _reference(cls: type) -> Schema:
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _request() -> Schema:
    return {
        "description": _description(Request),
        "type": "object",
        "properties": {"command": {"type": "string"}, "id": {}},
        "required": ["command"],
    }
