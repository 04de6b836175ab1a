"""Breakpoints on exceptions that others raise: they stop where the program's own code sees them."""

from __future__ import annotations

import pytest

from tests.harness import debugging

ARRIVING = "tests/programs/stepping/arriving"


@pytest.mark.parametrize(
    ("typed", "marks"),
    [
        ("trio.Cancelled", ["sleep", "slow-sleep"]),
        ("Cancelled", ["sleep", "slow-sleep"]),
        ("trio.TooSlowError", ["fail-after"]),
        ("trio.WouldBlock", ["would-block"]),
        ("trio.BrokenResourceError", ["broken"]),
        ("json.decoder.JSONDecodeError", ["library", "group"]),
        ("KeyError", ["raises"]),
        ("ExceptionGroup", ["group", "own-group"]),
        ("", ["fail-after", "would-block", "broken", "library", "group", "raises"]),
    ],
)
def test_each_stops_once_where_it_arrives(typed: str, marks: list[str]) -> None:
    with debugging(ARRIVING) as dbg:
        dbg.do(f"break exception {typed}")
        for mark in marks:
            dbg.go("continue", kind="breakpoint", line_mark=mark)
        dbg.resume("continue")
        dbg.expect_end()


def test_what_has_raised_it_can_be_looked_at() -> None:
    with debugging(ARRIVING) as dbg:
        dbg.do("break exception JSONDecodeError")
        dbg.go("continue", line_mark="library")
        where = dbg.text("where -a")
        assert "raw_decode" in where
        assert "in_library" in where
        dbg.go("next", kind="next", line_mark="library-handler")


def test_a_cancellation_is_followed_by_the_clean_up() -> None:
    with debugging(ARRIVING) as dbg:
        dbg.do("break exception trio.Cancelled")
        stop = dbg.go("continue", line_mark="sleep")
        assert stop.raised.startswith("trio.Cancelled")
        dbg.go("next", kind="next", line_mark="finally")
