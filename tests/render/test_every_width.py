"""What holds for every reply and event: widths, styles, no control characters."""

from __future__ import annotations

import random
import typing
import unicodedata

import pytest
from wcwidth import wcswidth

from stepdbg.model.facts import RunId
from stepdbg.model.replies import Reply, ScheduleShown
from stepdbg.model.schedules import Token
from stepdbg.model.stops import Event, TokenTold
from stepdbg.model.task import FrameSnapshot, RunSnapshot, TaskLabel
from stepdbg.render.spans import COPIED, STYLES, Line, plain, plain_line
from stepdbg.render.text import render_event, render_reply, render_toolbar

from .arbitrary import arbitrary
from .pictures import REPLIES

WIDTHS = (20, 40, 41, 80, 200)
REPLY_TYPES: tuple[type, ...] = typing.get_args(Reply)
EVENT_TYPES: tuple[type, ...] = typing.get_args(Event)


def check(lines: list[Line], width: int) -> None:
    """Everything that is promised of any line, measured by somebody else's tables."""
    for line in lines:
        string = plain_line(line)
        assert {style for style, _ in line} <= STYLES
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in string)
        assert not set(string) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        assert wcswidth(string) >= 0
        assert any(style == COPIED for style, _ in line) or wcswidth(string) <= width, string
        assert string == string.rstrip(" ")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("cls", REPLY_TYPES, ids=lambda cls: cls.__name__)
def test_any_reply_fits(cls: type, width: int) -> None:
    rng = random.Random(f"{cls.__name__} {width}")
    for _ in range(40):
        reply = typing.cast(Reply, arbitrary(cls, rng))
        check(render_reply(reply, width), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_schedule_is_one_line_that_can_be_copied(width: int) -> None:
    line = "stepdbg:1:" + "eNpjYGBg" * 240 + ":0b1c2d3e"
    assert plain(render_reply(ScheduleShown(line, 5), width)).splitlines() == [line]
    told = TokenTold(RunId(1), Token(line, 5))
    assert plain(render_event(told, width)).splitlines() == [f"token: {line}"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("cls", EVENT_TYPES, ids=lambda cls: cls.__name__)
def test_any_event_fits(cls: type, width: int) -> None:
    rng = random.Random(f"{cls.__name__} {width}")
    for _ in range(40):
        event = typing.cast(Event, arbitrary(cls, rng))
        check(render_event(event, width), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_any_toolbar_fits_on_one_line(width: int) -> None:
    rng = random.Random(width)
    for _ in range(100):
        run, label = arbitrary(RunSnapshot, rng), arbitrary(TaskLabel, rng)
        frame = arbitrary(FrameSnapshot, rng)
        check([render_toolbar(run, label, width, frame=frame)], width)
        check([render_toolbar(run, None, width)], width)


@pytest.mark.parametrize("name", REPLIES)
def test_a_narrower_terminal_never_loses_all(name: str) -> None:
    assert any(plain_line(line) for line in render_reply(REPLIES[name], 5))


def test_every_kind_of_reply_has_an_ordinary_picture() -> None:
    assert {type(reply) for reply in REPLIES.values()} == set(REPLY_TYPES)
