"""Requests of a client: when they wait, when they are answered, and how bytes become lines."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterator

import pytest

from stepdbg.frontends import requests
from stepdbg.frontends.channel import MAX_LINE
from stepdbg.frontends.requests import LineSplitter, Requests

PATIENCE = 30.0


class Answers:
    """Answers `tasks` and `halt` without a stop, and tells the test."""

    def __init__(self) -> None:
        self.given: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.flushed = threading.Event()

    def answer(self, line: bytes) -> bool:
        if line not in (b"tasks", b"halt"):
            return False
        self.given.put(line)
        return True

    def is_urgent(self, line: bytes) -> bool:
        return line == b"halt"

    def flush(self) -> None:
        self.flushed.set()

    def next(self) -> bytes:
        return self.given.get(timeout=PATIENCE)


class Client:
    """The other end of the pipe that requests come through."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor: int | None = descriptor

    def says(self, content: bytes) -> None:
        assert self.descriptor is not None
        view = memoryview(content)
        while view:
            view = view[os.write(self.descriptor, view) :]

    def leaves(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


@contextlib.contextmanager
def connected() -> Iterator[tuple[Client, Requests, Answers]]:
    reads, writes = os.pipe()
    client, answers = Client(writes), Answers()
    try:
        yield client, Requests(reads, answers), answers
    finally:
        client.leaves()


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "GRACE", 0.0)


@pytest.fixture
def endless_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "GRACE", 1_000.0)


def test_at_a_stop_requests_are_taken_in_order() -> None:
    with connected() as (client, stopped, answers):
        stopped.hold()
        client.says(b"tasks\nhalt\nstep\n")

        assert [stopped.take() for _ in range(3)] == [b"tasks", b"halt", b"step"]
        assert answers.given.empty()


def test_a_client_that_leaves_is_the_end_of_input_after_its_last_line() -> None:
    with connected() as (client, stopped, _):
        stopped.hold()
        client.says(b"step\nwithout an end")
        client.leaves()

        assert [stopped.take() for _ in range(3)] == [b"step", b"without an end", None]


def test_a_client_that_cannot_speak_is_the_end_of_input() -> None:
    assert Requests(None, Answers()).take() is None


@pytest.mark.usefixtures("no_grace")
def test_while_running_what_needs_no_stop_is_answered_at_once() -> None:
    with connected() as (client, running, answers):
        running.hold()
        running.release()
        client.says(b"tasks\n")

        assert answers.next() == b"tasks"


@pytest.mark.usefixtures("no_grace")
def test_what_needs_a_stop_waits_and_what_follows_it_waits_too() -> None:
    with connected() as (client, requested, answers):
        client.says(b"tasks\nstep\ntasks\nhalt\n")

        # The last one overtakes, so that both others have arrived by then.
        assert {answers.next(), answers.next()} == {b"tasks", b"halt"}
        requested.hold()
        assert [requested.take(), requested.take()] == [b"step", b"tasks"]
        assert answers.given.empty()


@pytest.mark.usefixtures("endless_grace")
def test_a_stop_soon_after_the_resume_gets_what_was_sent_ahead() -> None:
    with connected() as (client, requested, answers):
        requested.hold()
        client.says(b"continue\n")
        assert requested.take() == b"continue"
        requested.release()
        client.says(b"tasks\nhalt\n")

        assert answers.next() == b"halt"
        requested.hold()
        assert requested.take() == b"tasks"
        assert answers.given.empty()


def test_what_was_sent_ahead_is_answered_when_no_stop_comes() -> None:
    with connected() as (client, requested, answers):
        requested.hold()
        client.says(b"continue\ntasks\n")
        assert requested.take() == b"continue"
        requested.release()

        assert answers.next() == b"tasks"


def test_what_was_sent_ahead_is_answered_even_after_its_client_stopped_talking() -> None:
    with connected() as (client, requested, answers):
        requested.hold()
        client.says(b"continue\ntasks\n")
        client.leaves()
        assert requested.take() == b"continue"
        requested.release()

        assert answers.next() == b"tasks"
        requested.hold()
        assert requested.take() is None


def test_answers_are_sent_even_while_requests_wait() -> None:
    with connected() as (client, requested, answers):
        requested.hold()
        client.says(b"step\nstep\n")
        assert requested.take() == b"step"
        answers.flushed.clear()
        requested.release()  # and no stop comes

        assert answers.flushed.wait(PATIENCE)


def test_leftovers_are_what_no_stop_came_for() -> None:
    with connected() as (client, requested, answers):
        client.says(b"step\nwhere\nhalt\n")
        assert answers.next() == b"halt"

        assert requested.leftovers() == [b"step", b"where"]
        assert requested.leftovers() == []


LINES = [b"", b"tasks", b"\xff\x00", b"x" * 500, b"{}", b""]


@pytest.mark.parametrize("size", [1, 2, 7, 499, 501, 10_000])
def test_lines_do_not_depend_on_how_their_bytes_arrive(size: int) -> None:
    content = b"".join(line + b"\n" for line in LINES) + b"rest"
    splitter = LineSplitter()

    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    lines = [line for chunk in chunks for line in splitter.split(chunk)]

    assert [*lines, *splitter.rest()] == [*LINES, b"rest"]


def test_a_line_without_end_takes_no_more_memory_than_a_long_one() -> None:
    splitter = LineSplitter()

    assert [line for _ in range(200) for line in splitter.split(b"y" * 65536)] == []
    lines = list(splitter.split(b"\ntasks\n"))

    assert [len(lines[0]), lines[1]] == [MAX_LINE + 1, b"tasks"]
