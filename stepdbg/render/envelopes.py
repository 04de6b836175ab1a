"""The lines of the JSON protocol: what is said around stops, replies and events.

Owns: the shape of every line that stepdbg writes, and reading a request.
Does not own: turning objects into JSON (jsonlines), or channels (frontends).
"""

from __future__ import annotations

import json
from typing import TypeAlias

from stepdbg.model.errors import BadUsage
from stepdbg.model.records import dataclass
from stepdbg.model.replies import Answer, Displayed, Listing, Reply, StopShown
from stepdbg.model.stops import Event, Resume, Stop

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""Anything that JSON can say."""


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

    request: the request's id as it came; null for a plain text line.
    resume: how the run goes on because of this request; null when it stays as it is.
    wants_more: the request was the beginning of something longer (a block of Python).
    """

    request: object
    replies: tuple[Reply, ...]
    resume: Resume | None
    wants_more: bool = False


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something happened while nobody was asked."""

    event: Event


Envelope = HelloLine | StopLine | ReplyLine | EventLine
"""Any line that stepdbg writes."""


@dataclass(frozen=True, slots=True)
class Request:
    """A line that stepdbg reads: a command, and an id of the client's choice for its reply."""

    command: str
    id: object = None


def stop_line(shown: StopShown) -> StopLine:
    """The line of a stop."""
    return StopLine(shown.stop, shown.listing, shown.displays)


def reply_line(request: object, answer: Answer) -> ReplyLine:
    """The line that answers a request."""
    return ReplyLine(request, answer.replies, answer.resume, answer.wants_more)


def parse_request(line: str) -> Request:
    """Read one request: a JSON object with a ``command``, else the text itself is the command.

    Whatever is a JSON object counts as one, so a dictionary to be evaluated needs a ``p``
    before it; anything else that begins with a brace, such as the set ``{1, 2}``, is a command.
    Raises `BadUsage` for an object without a command, and for one that begins as a request
    does and is broken.
    """
    command = line.strip("\r\n")
    if not command.lstrip().startswith("{"):
        return Request(command)
    try:
        message = json.loads(command)
    except (ValueError, RecursionError) as error:
        if not command.lstrip()[1:].lstrip().startswith(('"id"', '"command"')):
            return Request(command)
        raise BadUsage(f"this request is not valid JSON ({error})") from None
    if not isinstance(message.get("command"), str):
        raise BadUsage('a request needs a "command" that is a string')
    return Request(message["command"], message.get("id"))
