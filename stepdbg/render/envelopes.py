"""The lines of the JSON protocol, which wrap stops, replies and events.

Owns: the shape of every line that stepdbg writes, and reading a request.
Does not own: turning objects into JSON (jsonlines), or channels (frontends).
"""

from __future__ import annotations

from typing import Final, NoReturn, TypeAlias

from stepdbg.model.errors import BadUsage
from stepdbg.model.records import dataclass
from stepdbg.model.replies import Answer, Displayed, Listing, Reply
from stepdbg.model.standard import json, math, re
from stepdbg.model.stops import Event, Resume, Stop

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""Any JSON value."""


@dataclass(frozen=True, slots=True)
class HelloLine:
    """The first line: the version of this format and that of stepdbg."""

    format: int
    stepdbg: str


@dataclass(frozen=True, slots=True)
class StopLine:
    """The run is held and waits for requests."""

    stop: Stop
    listing: Listing | None
    displays: tuple[Displayed, ...]


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """The answer to one request; every request gets exactly one.

    request: the request's id, unchanged; null for a plain text line.
    resume: how the run goes on because of this request; null if it does not go on.
    wants_more: the request began something longer (a block of Python).
    """

    request: object
    replies: tuple[Reply, ...]
    resume: Resume | None
    wants_more: bool = False


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something has happened that needs no request."""

    event: Event


Envelope = HelloLine | StopLine | ReplyLine | EventLine
"""Any line that stepdbg writes."""


@dataclass(frozen=True, slots=True)
class Request:
    """A line that stepdbg reads: a command, and an id of the client's choice for its reply."""

    command: str
    id: object = None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A line that stepdbg reads: the names of everything that this client wants to receive."""

    subscribe: tuple[str, ...]
    id: object = None


def reply_line(request: object, answer: Answer) -> ReplyLine:
    """The line that answers a request."""
    return ReplyLine(request, answer.replies, answer.resume, answer.wants_more)


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number[:40]} is too large a number")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant)
"""Reads strict JSON; `json.loads` would also read numbers such as NaN and 1e999."""


def parse_request(line: str) -> Request | Subscribe:
    """Read one request: a JSON object with a ``command`` or ``subscribe``, else a command as text.

    Any JSON object counts as a request, so to evaluate a dictionary a client must put ``p``
    before it.  Anything else that begins with a brace, such as the set ``{1, 2}``, is a command
    if it is closed.
    Raises `BadUsage` for an object without either key, and for broken JSON that begins like a
    request or is not closed.
    """
    command = line.strip("\r\n")
    if not command.lstrip().startswith("{"):
        return Request(command)
    try:
        # A client that steps sends thousands of requests a second; most have no blanks around them.
        message, end = _decoder.raw_decode(command) if command[0] == "{" else ({}, 0)
        if end != len(command):  # blanks follow, or something that must not be there
            message = _decoder.decode(command)
    except (ValueError, RecursionError) as error:
        begins = command.lstrip()[1:].lstrip().startswith(('"id"', '"command"', '"subscribe"'))
        if not begins and _is_closed(command):
            return Request(command)
        raise BadUsage(f"this request is not valid JSON ({error})") from None
    if "command" not in message and "subscribe" in message:
        return Subscribe(_names(message["subscribe"]), message.get("id"))
    if not isinstance(message.get("command"), str):
        raise BadUsage('a request needs a "command" that is a string')
    return Request(message["command"], message.get("id"))


_OF_STRINGS: Final = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|#.*""")


def _is_closed(text: str) -> bool:
    """Whether all brackets and strings of a text end in it.

    Else, as Python, it would begin something longer, and take later requests for the rest of it.
    """
    bare = _OF_STRINGS.sub("", text).rstrip()
    opened, closed = (sum(map(bare.count, each)) for each in ("([{", ")]}"))
    return opened <= closed and not bare.endswith("\\") and not {*bare} & {"'", '"'}


def _names(listed: object) -> tuple[str, ...]:
    names = listed if isinstance(listed, list) else [None]
    if not all(isinstance(name, str) for name in names):
        raise BadUsage('"subscribe" needs a list of strings')
    return tuple(names)
