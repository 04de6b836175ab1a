"""The JSON protocol: encoding, schema, requests, and the page that explains them."""

from __future__ import annotations

import json
import random
import typing
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import NOT_RECORDED, RunId
from stepdbg.model.replies import Answer, Reply, Tree
from stepdbg.model.stops import Continue, Event
from stepdbg.model.task import NurserySnapshot, TaskNode, Wake, WakeKind
from stepdbg.render.envelopes import (
    Envelope,
    EventLine,
    HelloLine,
    JsonValue,
    ReplyLine,
    Request,
    StopLine,
    Subscribe,
    parse_request,
    reply_line,
)
from stepdbg.render.jsonlines import (
    FORMAT_VERSION,
    line_of,
    text_of,
)

from . import pictures
from .arbitrary import arbitrary
from .pictures import EVENTS, REPLIES, STOP
from .schema_file import schema, schema_text

DOCS = Path(__file__).parents[2] / "docs"


def encoded(value: object) -> typing.Any:
    """A value as a client reads it."""
    return json.loads(text_of(value))


def closed(part: JsonValue, *, complete: bool) -> JsonValue:
    """The schema without room for additions, to notice what it does not mention.

    complete: whether every field must be there.
    """
    if isinstance(part, list):
        return [closed(item, complete=complete) for item in part]
    if not isinstance(part, dict):
        return part
    copy = {key: closed(value, complete=complete) for key, value in part.items()}
    if part.get("type") == "object":
        copy["additionalProperties"] = False
        if not complete:
            copy["required"] = ["kind"]
    return copy


def validator(*, complete: bool) -> jsonschema.Draft202012Validator:
    strict = closed(schema(), complete=complete)
    assert isinstance(strict, dict)
    return jsonschema.Draft202012Validator(strict)


VALIDATOR = validator(complete=True)
REQUEST = VALIDATOR.evolve(
    schema={
        "anyOf": [{"$ref": "#/$defs/Request"}, {"$ref": "#/$defs/Subscribe"}],
        "$defs": schema()["$defs"],
    }
)


def written(envelope: Envelope) -> JsonValue:
    """What a client reads of an envelope, found valid."""
    line = line_of(envelope)
    assert line.isascii()
    assert line.endswith("\n")
    assert line.count("\n") == 1

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    message: JsonValue = json.loads(line, parse_constant=refuse)
    VALIDATOR.validate(message)
    return message


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_in_docs_is_current() -> None:
    assert (DOCS / "json-schema.json").read_text(encoding="utf-8") == schema_text(), (
        "write it anew: python -m tests.render.schema_file"
    )


@pytest.mark.parametrize("name", REPLIES)
def test_every_picture_is_valid(name: str) -> None:
    written(ReplyLine("an id", (REPLIES[name],), None))


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_valid(name: str) -> None:
    written(EventLine(EVENTS[name]))


@pytest.mark.parametrize("cls", typing.get_args(Envelope), ids=lambda cls: cls.__name__)
def test_any_line_is_valid_whatever_it_holds(cls: type) -> None:
    rng = random.Random(cls.__name__)
    for _ in range(100):
        written(typing.cast(Envelope, arbitrary(cls, rng)))


@pytest.mark.parametrize("cls", [*typing.get_args(Reply), *typing.get_args(Event)])
def test_every_message_has_its_kind(cls: type) -> None:
    message = encoded(arbitrary(cls, random.Random(1)))
    assert str(message["kind"]).replace("_", "") == cls.__name__.lower()


def test_a_wrong_message_is_noticed() -> None:
    message = json.loads(line_of(EventLine(EVENTS["resumed"])))
    del message["event"]["how"]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(message)


def test_the_protocol_lines() -> None:
    assert written(HelloLine(FORMAT_VERSION, "0.1.0")) == {
        "kind": "hello",
        "format": 1,
        "stepdbg": "0.1.0",
    }
    assert written(reply_line(7, Answer((), Continue()))) == {
        "kind": "reply",
        "request": 7,
        "replies": [],
        "resume": {"kind": "continue"},
        "wants_more": False,
    }
    assert written(EventLine(EVENTS["resumed"])) == {
        "kind": "event",
        "event": {"kind": "resumed", "run": 1, "how": "step child#2"},
    }


def test_a_stop() -> None:
    message = written(StopLine(STOP, pictures.LISTING, ()))
    assert isinstance(message, dict)
    assert (message["kind"], message["displays"]) == ("stop", [])
    stop, listing = message["stop"], message["listing"]
    assert isinstance(stop, dict)
    assert isinstance(listing, dict)
    assert (stop["kind"], stop["stop_kind"], stop["step"]) == ("stop", "step", 3)
    assert stop["task"] == {
        "kind": "task_label",
        "run": 1,
        "number": 5,
        "name": "__main__.child",
        "ordinal": 2,
        "repeated": True,
        "called": "",
        "short": "child#2",
    }
    assert (listing["marked"], listing["breakpoints"]) == (6, [5])


def test_values_of_every_sort() -> None:
    assert encoded(NOT_RECORDED) == {"kind": "not_recorded"}
    assert encoded(None) is None
    assert encoded(RunId(3)) == 3
    assert encoded(float("inf")) == -encoded(-float("inf")) > 1e308
    assert encoded((1, ("a", True))) == [1, ["a", True]]
    assert encoded({1: WakeKind.IO}) == {"1": "I/O"}
    assert encoded(Wake(WakeKind.IO)) == {
        "kind": "wake",
        "wake_kind": "I/O",
        "by": None,
        "place": None,
        "detail": "",
        "seconds": None,
    }


@pytest.mark.parametrize("thing", [object(), Wake, {1, 2}])
def test_what_has_no_place_in_the_protocol_is_refused(thing: object) -> None:
    with pytest.raises(TypeError, match="is not a message"):
        encoded(thing)


def test_an_answer_too_deep_for_json_is_a_failure_of_its_own() -> None:
    node = TaskNode(pictures.TASK_1, ())
    for _ in range(2000):
        nursery = NurserySnapshot(pictures.scope(1, None), None, closed=False, children=(node,))
        node = TaskNode(pictures.TASK_1, (nursery,))
    message = written(ReplyLine("deep", (Tree(pictures.RUN_PICTURE, node, None),), None))
    assert isinstance(message, dict)
    assert message["request"] == "deep"
    assert "nested too deeply" in str(message["replies"])


# Requests


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("tasks", Request("tasks")),
        ("tasks\r\n", Request("tasks")),
        ("", Request("")),
        ("  x = 1", Request("  x = 1")),
        ('{"id": 7, "command": "tasks"}', Request("tasks", 7)),
        (' {"command": "p x", "id": ["a"]}\n', Request("p x", ["a"])),
        ('{"extra": 1, "command": "p x"}', Request("p x")),
        ('{"subscribe": ["stop"], "id": 2}', Subscribe(("stop",), 2)),
        ('{"subscribe": []}', Subscribe(())),
        ('{"command": "p x", "subscribe": []}', Request("p x")),
        ('  {"command": "p x"} \t', Request("p x")),
        ("{1, 2}", Request("{1, 2}")),
        ("{'a': 1}", Request("{'a': 1}")),
        (" {'it\\'s {': '\"['} # {(\"", Request(" {'it\\'s {': '\"['} # {(\"")),
        ("{1: (2, [3])}[1]", Request("{1: (2, [3])}[1]")),
    ],
)
def test_requests(line: str, request_: Request) -> None:
    assert parse_request(line) == request_


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"command": "p x"', "not valid JSON"),
        ('{"id": 1}', 'needs a "command"'),
        ('{"command": 5}', 'needs a "command"'),
        ('{"command": "p x"} {}', "not valid JSON"),
        ('{"subscribe": "stop"}', "a list of strings"),
        ('{"subscribe": [1]}', "a list of strings"),
        ('{"subscribe": ["stop"', "not valid JSON"),
        ('{"id": ' + "[" * 100_000, "not valid JSON"),
        ("{bad", "not valid JSON"),
        ("  {'a': 1,", "not valid JSON"),
        ("{1} + \\", "not valid JSON"),
        ('{1: """}', "not valid JSON"),
        ("{1: '}", "not valid JSON"),
        ("{1: [2}", "not valid JSON"),
        ("{1: 2 # }", "not valid JSON"),
    ],
)
def test_broken_requests(line: str, said: str) -> None:
    with pytest.raises(BadUsage, match=said):
        parse_request(line)


# The page


def documented() -> Iterator[tuple[str, dict[str, JsonValue]]]:
    """Every JSON object of docs/json.md with who says it."""
    for block in (DOCS / "json.md").read_text(encoding="utf-8").split("```text")[1:]:
        for message in block.split("```")[0].strip().split("\n\n"):
            speaker, _, said = message.partition(" ")
            if said.lstrip().startswith("{"):
                yield speaker, json.loads(said)


def test_what_the_page_shows_is_valid() -> None:
    # The page may leave out fields that came later, but not show any that do not exist.
    shown = validator(complete=False)
    speakers = set()
    for speaker, message in documented():
        speakers.add((speaker, message.get("kind")))
        (shown if speaker == "stepdbg:" else REQUEST).validate(message)
    lines = ("hello", "stop", "reply", "event")
    assert speakers == {("client:", None), *(("stepdbg:", kind) for kind in lines)}
