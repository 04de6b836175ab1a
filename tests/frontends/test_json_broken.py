"""Requests that no client should send: each is answered or refused, and the session goes on."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepdbg.frontends.channel import MAX_LINE
from tests.frontends.test_json_programs import (
    COUNTS,
    HOGS,
    TASKS,
    Debuggee,
    on_descriptor,
    on_standard_streams,
)

BUG = "a bug in stepdbg"

DEEP = [10, 900, 1_000, 2_000, 100_000]

NOT_JSON = [
    b'{"id": NaN, "command": "tasks"}',
    b'{"id": [1, {"a": -Infinity}], "command": "tasks"}',
    b'{"id": 1e999, "command": "tasks"}',
    b'{"id": ' + b"9" * 5_000 + b', "command": "tasks"}',
    b'{"id": 1, "command": "tasks"',
    b'{"id": 1, "command": "tasks"} {"id": 2}',
    b'{"id" "command": "tasks"}',
    b"{bad",
    b"{'id': 1, 'command': (",
    b'{ comand: "tasks',
    b'{"id": \'one\', "command": "tasks"}',
    b'{"id": 1, "command": "p \xff"}',
    b'{"id": 1, "command": "\x00"}',
    b'{"command": "' + b"x" * MAX_LINE + b'"}',
    *[b'{"id": 1, "command": ' + value + b"}" for value in (b"5", b"null", b"[]", b"{}", b"true")],
    *[
        b'{"subscribe": ' + value + b"}"
        for value in (b"5", b"null", b"[[]]", b'{"stop": 1}', b'""')
    ],
]
"""Each is refused, and the reply names no request."""

AS_THEY_CAME: list[Any] = [
    None,
    True,
    -0.0,
    5e-324,
    1.7976931348623157e308,
    10**4_000,
    "",
    "\ud800",
    "\x00\u2028\r\n",
    "x" * 100_000,
    [[[]], {}, {"": [{}]}],
    {"id": {"id": 1}, "kind": "reply", "__class__": 1},
]
"""Ids that JSON can say: each comes back as it was sent."""

COMMANDS = [
    "p '\ud800'",
    "\ud800",
    "p " + "(" * 5_000,
    "p " + "-" * 50_000 + "1",
    "p " + "9" * 5_000,
    "p 'x' * 10**6",
    "task " + "9" * 5_000,
    "break " + "9" * 5_000,
    "break task \ud800*",
    "list \x00",
    "p \x00",
    "dump /\x00",
    "dump /\ud800/x",
    "tasks " * 10_000,
    "where \r tasks",
    "set record-size 1e999",
    "p float('nan'), float('inf')",
    "until " + "1" * 400,
]
"""Each is answered, well or badly, under its id."""


@pytest.mark.parametrize("held", [True, False], ids=["held", "running"])
def test_every_request_is_answered_once(held: bool, tmp_path: Path) -> None:
    with on_descriptor(TASKS if held else _hogging(tmp_path)) as (debuggee, channel):
        debuggee.stops()
        if not held:
            debuggee.says("continue")
            debuggee.until(kind="resumed")
        for line in NOT_JSON:
            channel.sendall(line + b"\n")
            assert _answer(debuggee, None)[0]["kind"] == "failure", line
        for depth in DEEP:
            channel.sendall(b'{"id": ' + _nested(depth) + b', "command": "tasks"}\n')
            reply = debuggee.until(kind="reply")
            refused = reply["request"] is None and reply["replies"][0]["kind"] == "failure"
            assert refused or json.dumps(reply["request"]).encode() == _nested(depth)
        for name in AS_THEY_CAME:
            debuggee.sends({"id": name, "command": "tasks"})
            assert _answer(debuggee, name)[0]["kind"] == "task_list", name
        if held:
            for command in COMMANDS:
                debuggee.sends({"id": command, "command": command})
                _answer(debuggee, command)
        assert debuggee.asks("tasks")[0]["kind"] == "task_list"
        assert BUG not in json.dumps(debuggee.seen)


def test_a_request_that_has_not_ended_when_the_client_leaves() -> None:
    for half in (b'{"id": 1, "comm', b'{"id": [[[[', b"\xff", b'{"id": 1, "command": "p 6*7"}'):
        with on_descriptor(TASKS) as (debuggee, channel):
            debuggee.stops()
            channel.sendall(half)
            channel.shutdown(1)
            assert _answer(debuggee, 1 if b"p 6" in half else None)
            assert BUG not in json.dumps(debuggee.seen)


def test_random_bytes_and_mixtures(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(COUNTS)
    chance = random.Random(14)
    with on_standard_streams(program, "1") as debuggee:
        debuggee.stops()
        for line in _mixtures(chance, 400):
            debuggee._requests.write(line + b"\n")
            debuggee._requests.flush()
            debuggee.until(kind="reply")
        debuggee.asks("tasks")
        assert BUG not in json.dumps(debuggee.seen)


def _mixtures(chance: random.Random, count: int) -> Iterator[bytes]:
    """Requests with bytes changed, cut, doubled or put in; some are whole."""
    whole = [
        b'{"id": 7, "command": "p 1"}',
        b'{"id": {"a": [1.5, null, "\\ud83d\\ude00"]}, "command": "tasks"}',
        b'{"subscribe": ["stop", "output", "event", "listing"], "id": "s"}',
        b'{"command": "tree", "command": "stack 1", "id": 1, "id": 2}',
    ]
    for _ in range(count):
        line = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(4)):
            place = chance.randrange(len(line) + 1)
            what = chance.choice(
                [bytes([chance.randrange(256)]), b"[" * 50, b"1e400", b'"', b"\\ud8"]
            )
            line[place : place + chance.randrange(3)] = what
        # A line of blanks is not a request, and one that opens a block waits for more.
        kept = bytes(line).replace(b"\n", b"").replace(b":\r", b"")
        if kept.strip() and kept.lstrip().startswith(b"{"):
            yield kept


def _answer(debuggee: Debuggee, name: object) -> list[dict[str, Any]]:
    reply = debuggee.until(kind="reply")
    assert reply["request"] == name
    assert not isinstance(name, float) or math.copysign(1, reply["request"]) == math.copysign(
        1, name
    )
    replies = reply["replies"]
    assert isinstance(replies, list)
    return replies


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def _hogging(tmp_path: Path) -> Path:
    program = tmp_path / "hogs.py"
    program.write_text(HOGS)
    return program
