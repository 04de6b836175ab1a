"""A client of the JSON front end: every request gets one reply that names it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from stepdbg.frontends.channel import MAX_LINE
from stepdbg.frontends.client import BetweenStops, Client, needs_no_stop
from stepdbg.frontends.dialogue import Dialogue
from stepdbg.frontends.record_writer import RecordWriter
from stepdbg.frontends.requests import Requests
from stepdbg.frontends.subscription import Subscription
from stepdbg.model.stops import Continue, Quit, Resume
from tests.frontends.plain_interpreter import PlainInterpreter, stop_with

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter
    from stepdbg.model.protocols import Inspector

NO_INSPECTOR = cast("Inspector", object())  # the plain interpreter looks at nothing


class Conversation:
    """A client, its interpreter, and the test at the other end of a socket."""

    def __init__(self, ours: socket.socket, theirs: socket.socket) -> None:
        descriptor = ours.detach()
        self.records = RecordWriter(os.dup(descriptor))
        self.drained = 0
        subscription = Subscription()
        self.between_stops = BetweenStops(self.records, subscription)
        self.requests = Requests(descriptor, self.between_stops)
        self.client = Client(self.requests, self.records, subscription, self.drain)
        self.interpreter = PlainInterpreter()
        self.dialogue = Dialogue(self.interpreter, self.client)
        self.theirs = theirs
        self._lines = theirs.makefile("r")

    def drain(self) -> None:
        self.drained += 1

    def begin(self) -> None:
        self.between_stops.begin(cast("Interpreter", self.interpreter), NO_INSPECTOR)

    def says(self, *requests: object, raw: bytes = b"") -> None:
        lines = "".join(f"{json.dumps(request)}\n" for request in requests)
        self.theirs.sendall(lines.encode() + raw)

    def leaves(self) -> None:
        self._lines.close()
        self.theirs.close()

    def hold(self) -> Resume:
        self.requests.hold()
        try:
            return self.dialogue.hold(stop_with(), NO_INSPECTOR)
        finally:
            self.requests.release()

    def hears(self) -> dict[str, Any]:
        record = json.loads(self._lines.readline())
        assert isinstance(record, dict)
        return record

    def reply(self) -> tuple[object, str]:
        """The next reply, after any stop: the request that it names, and its text."""
        while (record := self.hears())["kind"] == "stop":
            continue
        assert record["kind"] == "reply"
        return record["request"], " ".join(reply["text"] for reply in record["replies"])


@contextlib.contextmanager
def conversation() -> Iterator[Conversation]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(30)
    with theirs:
        talk = Conversation(ours, theirs)
        yield talk
        talk.records.close()
        talk.leaves()


def command(text: str, number: object) -> dict[str, object]:
    return {"id": number, "command": text}


def test_each_reply_names_its_request() -> None:
    with conversation() as talk:
        talk.says(command("tree", 1), command("queue", "two"), command("step", {"n": 3}))
        talk.hold()

        assert talk.hears()["kind"] == "stop"
        assert talk.reply() == (1, "tree")
        assert talk.reply() == ("two", "queue")
        last = talk.hears()
        assert (last["request"], last["replies"]) == ({"n": 3}, [])
        assert last["resume"]["kind"] == "step_task"


def test_plain_lines_are_commands_without_a_name() -> None:
    with conversation() as talk:
        talk.says(raw=b"tree\n\n   \ncontinue\n")

        assert talk.hold() == Continue()
        assert talk.reply() == (None, "tree")
        assert talk.interpreter.fed == ["tree", "continue"]


def test_an_empty_line_ends_a_block() -> None:
    with conversation() as talk:
        talk.says(raw=b"block\n\ncontinue\n")
        talk.hold()

        assert talk.interpreter.fed == ["block", "", "continue"]
        assert talk.hears()["kind"] == "stop"
        assert talk.hears()["wants_more"] is True


def test_an_empty_command_with_a_name_is_answered() -> None:
    with conversation() as talk:
        talk.says(command("", 1), command("continue", 2))
        talk.hold()

        assert talk.reply() == (1, "")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"id": 1, "command": ', "not valid JSON"),
        (b'{"id": 1}', 'needs a "command"'),
        (b'{"command": 5}', 'needs a "command"'),
        (b'{"id":' + b"[" * 100_000, "not valid JSON"),
        (b"\xff\xfe\x00", "not utf-8 text"),
        (b"x" * (MAX_LINE + 1), "more than 1048576 bytes"),
        (b"x" * 10_000_000, "more than 1048576 bytes"),
    ],
    ids=["cut off", "no command", "no text", "deep", "no text at all", "long", "very long"],
)
def test_what_is_no_request_is_refused_and_the_next_one_answered(line: bytes, problem: str) -> None:
    with conversation() as talk:
        sending = threading.Thread(target=lambda: talk.says(raw=line + b"\ncontinue\n"))
        sending.start()

        assert talk.hold() == Continue()
        sending.join()
        request, text = talk.reply()
        assert request is None
        assert problem in text
        assert len(text) < 500
        assert talk.interpreter.fed == ["continue"]


def test_a_client_that_leaves_at_a_stop_quits() -> None:
    with conversation() as talk:
        talk.theirs.shutdown(socket.SHUT_WR)

        assert talk.hold() == Quit()


def test_a_client_that_does_not_listen_quits() -> None:
    with conversation() as talk:
        talk.says(*[command("tree", number) for number in range(1000)])
        talk.leaves()

        assert talk.hold() == Quit()


def test_a_running_program_is_asked_on_the_spot() -> None:
    with conversation() as talk:
        talk.begin()
        talk.says(command("tasks", 1), command("halt", 2))

        assert sorted([talk.reply(), talk.reply()]) == [(1, "running: tasks"), (2, "running: halt")]


def test_requests_wait_until_there_is_a_session() -> None:
    with conversation() as talk:
        talk.says(command("tasks", 1), command("continue", 2))

        talk.hold()
        assert talk.reply() == (1, "tasks")


def test_what_no_stop_came_for_is_refused() -> None:
    with conversation() as talk:
        talk.begin()
        talk.says(command("step", 1), command("tasks", "late"), raw=b"{}nonsense\n\nwhere\n")
        talk.client.refuse_leftovers()

        assert [talk.reply() for _ in range(4)] == [
            (1, "the program has ended"),
            ("late", "the program has ended"),
            (None, "the program has ended"),
            (None, "the program has ended"),
        ]


def test_output_is_reported_before_a_stop_and_before_what_a_command_answers() -> None:
    with conversation() as talk:
        talk.says(command("tree", 1), command("continue", 2))
        talk.hold()

        assert talk.drained == 2  # a reply that lets the run go on has nothing to wait for


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tasks", True),
        ("halt", True),
        (" quit ", True),
        ("break task worker*", True),
        ("step", False),
        ("p x", False),
        ("", False),
        ("tasks ;; step", False),
        ("x = 1", False),
    ],
)
def test_which_commands_need_no_stop(text: str, expected: bool) -> None:
    assert needs_no_stop(text) is expected
