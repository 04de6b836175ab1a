"""A task's number is what it is found by: it is never cut, in no listing, at no width."""

from __future__ import annotations

import re

import pytest

from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.records import replace
from stepdbg.model.task import TaskLabel
from stepdbg.render import words
from stepdbg.render.spans import clip, plain, plain_line
from stepdbg.render.text import render_reply

from .pictures import REPLIES

_CUT_NUMBER = re.compile(r"\(\d*(…|$)|…\d+\)")


@pytest.mark.parametrize("width", [20, 27, 33, 40, 52, 60, 80])
@pytest.mark.parametrize("name", REPLIES)
def test_in_no_listing_at_no_width(name: str, width: int) -> None:
    lines = render_reply(REPLIES[name], width)
    assert lines
    for shown in [string for line in lines for style, string in line if style == "task"]:
        assert not _CUT_NUMBER.search(shown), plain(lines)


LABEL = TaskLabel(RunId(1), TaskNumber(123456), "lib.some_long_function_name", 17, True)


@pytest.mark.parametrize("keep_end", [False, True])
def test_the_name_gives_way_to_the_number(keep_end: bool) -> None:
    for width in range(1, 60):
        shown = plain_line(clip(words.task(LABEL), width, keep_end=keep_end))
        assert len(shown) <= width
        assert shown.endswith(" (123456)") or shown == "…"
        assert (width < 10) == (shown == "…")


def test_a_task_of_several_that_has_no_room_is_not_there() -> None:
    both = words.task(replace(LABEL, name="a", repeated=False)) + words.task(LABEL)
    for width in range(13, 50):
        assert plain_line(clip(both, width)).startswith("a (123456)")
        assert not _CUT_NUMBER.search(plain_line(clip(both, width)))
