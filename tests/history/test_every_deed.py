"""`set history all on`: each send, receive, acquire and release, and nothing of it otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.harness import Debugging, debugging

from .deeds import lines_and_patterns

PROGRAM = "tests/programs/histories/turns"

DEEDS = {
    "out": [
        "opened by main (*",
        "sent by produce (*) at {first}",
        "produce (*) began to wait at {second}, to send",
        "received by audit (*) at {audit}, waking 1 task",
        "produce (*) began to wait at {third}, to send",
    ],
    "lock": [
        "acquired by borrow (*) at {lock}",
        "queue (*) began to wait at {queue}, to acquire",
        "released by borrow (*) at {release}, waking 1 task",
        "acquired by *",
        "released by queue (*) at {queue}, when it left the `with`",
    ],
    "semaphore": [
        "acquired by borrow (*) at {semaphore}",
        "released by borrow (*) at {give_back}",
    ],
    "limiter": ["acquired by borrow (*) at {limiter}", "released by borrow (*) at {return}"],
}
"""What stands behind the times, oldest first; ``*`` is anything."""

RARE = {"out": 1, "lock": 1, "semaphore": 1, "limiter": 1}
"""How many lines there are of each without the setting."""


def at_look(dbg: Debugging) -> None:
    dbg.do("break :look")
    dbg.go("continue", kind="breakpoint")


@pytest.fixture(scope="module")
def at_end() -> Iterator[Debugging]:
    with debugging(PROGRAM) as dbg:
        dbg.do("set history all on")
        at_look(dbg)
        dbg.do("up")
        yield dbg


@pytest.mark.parametrize("expression", DEEDS)
def test_what_was_done(at_end: Debugging, expression: str) -> None:
    told = lines_and_patterns(at_end, expression, DEEDS[expression])
    assert told
    for line, wanted in told:
        assert re.fullmatch(rf" *\d+(\.\d+)? s  {wanted}.*", line), line


def test_who_has_received_last_and_has_ended(at_end: Debugging) -> None:
    told = at_end.text("why produce", 200)
    assert re.search(
        r"received by audit \(\d+\) at turns.py:\d+, waking 1 task, .*; it ended", told
    )


def test_a_send_that_must_not_block_and_does_not_is_none(at_end: Debugging) -> None:
    assert "lose" not in at_end.text("history out", 200)
    assert "by main" not in at_end.text("history out", 200).partition("\n")[2]


@pytest.mark.parametrize("before", [[], ["set history all on", "set history all off"]])
def test_without_the_setting(before: list[str]) -> None:
    with debugging(PROGRAM) as dbg:
        for line in before:
            dbg.do(line)
        at_look(dbg)
        dbg.do("up")
        found = {each: len(dbg.text(f"history {each}", 200).split("\n")) for each in RARE}
        assert found == RARE
        assert "received by" not in dbg.text("why produce", 200)


def test_switched_on_under_way() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do(f"break {dbg.line('lock')}")
        dbg.go("continue", line_mark="lock")
        dbg.do("set history all on")
        at_look(dbg)
        dbg.do("up")
        assert "released by borrow" in dbg.text("history lock", 200)
        assert "sent by" not in dbg.text("history out", 200)


def test_what_can_be_typed() -> None:
    with debugging(PROGRAM) as dbg:
        assert "takes `all on` or `all off`" in dbg.failure("set history on")
        dbg.do("set history all on")
        assert re.search(r"history +all on", dbg.text("set", 200))
