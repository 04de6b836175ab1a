"""`set stop-lines`, and what a conversation has told already."""

from __future__ import annotations

import pytest

from stepdbg.render.spans import plain_line
from stepdbg.render.text import render_reply
from tests.harness import Debugging, debugging


def said(dbg: Debugging) -> list[str]:
    """What a stop says besides its source."""
    lines = [plain_line(line) for line in render_reply(dbg.shown, 80)]
    assert dbg.shown.listing is not None
    return lines[: len(lines) - len(dbg.shown.listing.lines)]


def test_the_user_chooses_how_long_stops_are() -> None:
    with debugging("many_names") as dbg:
        dbg.do("set stop-lines 20")
        dbg.do("step")
        assert any("7 tasks" in line for line in said(dbg))
        assert dbg.text("set stop-lines 3").split()[:2] == ["stop-lines", "3"]
        dbg.do("tbreak task worker#3")
        dbg.go("continue", task="worker#3")
        assert [line.partition(" of ")[0] for line in said(dbg)[:3]] == [
            "",
            "breakpoint 1 (temporary, now cleared): task worker#3",
            "step 1",
        ]
        assert not any("more runnable" in line for line in said(dbg))


def test_what_was_told_at_the_stop_before_is_not_told_again() -> None:
    with debugging("many_names") as dbg:
        dbg.do("set stop-lines 20")
        dbg.do("step")
        first = said(dbg)
        dbg.go("step")
        second = said(dbg)
    assert any("7 tasks" in line for line in first)
    assert not any("7 tasks" in line for line in second)


@pytest.mark.parametrize("text", ["2", "101", "many", "-5"])
def test_a_length_that_is_none(text: str) -> None:
    with debugging("many_names") as dbg:
        assert "takes a number from 3 to 100" in dbg.failure(f"set stop-lines {text}")
