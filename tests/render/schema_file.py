"""The JSON Schema of the line protocol: ``python -m tests.render.schema_file`` writes it anew.

Owns: reading the records of the model and the envelopes as ``docs/json-schema.json``.
Does not own: what a field may hold (model.hints), or the encoding (render.jsonlines).
"""

from __future__ import annotations

import enum
import inspect
import json
import typing
from pathlib import Path

from stepdbg.model.facts import NotRecorded
from stepdbg.model.hints import Hint, Items, fields_of, records_in
from stepdbg.model.records import is_record
from stepdbg.model.task import TaskLabel
from stepdbg.render.envelopes import Envelope, JsonValue, Request, Subscribe
from stepdbg.render.jsonlines import FORMAT_VERSION, NOT_RECORDED_KIND, key_of, kind_of

FILE = Path(__file__).parents[2] / "docs" / "json-schema.json"

LINES: tuple[type, ...] = typing.get_args(Envelope)

Schema = dict[str, JsonValue]

SCALARS = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def schema() -> Schema:
    """A schema that every line validates against; requests are among its definitions."""
    definitions: Schema = {name: _object(cls) for name, cls in records_in(*LINES).items()}
    names: Schema = {"type": "array", "items": {"type": "string"}}
    definitions[Request.__name__] = _request(Request, command={"type": "string"})
    definitions[Subscribe.__name__] = _request(Subscribe, subscribe=names)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"stepdbg JSON lines, format {FORMAT_VERSION}",
        "description": "Every line that stepdbg --json writes is one of these.",
        "anyOf": [_part(cls) for cls in LINES],
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """The file's text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _request(cls: type, **required: JsonValue) -> Schema:
    return {
        "description": _description(cls),
        "type": "object",
        "properties": {**required, "id": {}},
        "required": list(required),
    }


def _object(record: type) -> Schema:
    properties: Schema = {"kind": {"const": kind_of(record)}}
    for field, hint in fields_of(record):
        properties[key_of(record, field.name)] = _alternatives(hint)
    if record is TaskLabel:
        properties["short"] = {"type": "string"}
    return {
        "description": _description(record),
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _description(cls: type) -> str:
    """The docstring of a type as one string, paragraph by paragraph."""
    paragraphs = inspect.cleandoc(cls.__doc__ or "").split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _alternatives(hint: Hint) -> Schema:
    return _part(hint[0]) if len(hint) == 1 else {"anyOf": [_part(part) for part in hint]}


def _part(part: type | Items) -> Schema:
    if isinstance(part, Items):
        items: list[JsonValue] = [_alternatives(hint) for hint in part.hints]
        if part.endless:
            return {"type": "array", "items": items[0]}
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    if part is object:  # whatever the client made it
        return {}
    if part is NotRecorded:
        properties: Schema = {"kind": {"const": NOT_RECORDED_KIND}}
        return {"type": "object", "properties": properties, "required": ["kind"]}
    if part in SCALARS:
        return {"type": SCALARS[part]}
    if issubclass(part, enum.Enum):
        return {"enum": [str(member.value) for member in part]}
    assert is_record(part), f"{part} has no place in the protocol"
    return {"$ref": f"#/$defs/{part.__name__}"}


if __name__ == "__main__":
    FILE.write_text(schema_text(), encoding="utf-8")
