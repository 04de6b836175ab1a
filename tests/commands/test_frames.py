"""`where`, `up`, `down`, `frame`, `list`, `longlist`, `source`."""

from __future__ import annotations

import pytest

from stepdbg.model.replies import FrameShown, Listing, Message, Stack
from stepdbg.model.task import FrameSnapshot, Origin
from tests.commands.fakes import (
    AWAIT_LINE,
    FILE,
    FRAMES,
    LIBRARY_FILE,
    READER,
    SOURCE,
    WORKER_1,
    WORKER_2,
    WORKER_SPAN,
    Talk,
    place,
    stop,
)


@pytest.mark.parametrize(
    ("line", "task", "selected", "folded"),
    [
        ("where", WORKER_1, 1, True),
        ("w", WORKER_1, 1, True),
        ("bt -a", WORKER_1, 1, False),
        ("where worker#2", WORKER_2, 0, True),
        ("where -a 'my reader'", READER, 0, False),
    ],
)
def test_where(line: str, task: object, selected: int, folded: bool) -> None:
    stack = Talk().reply(line, Stack)

    assert (stack.task.label, stack.selected, stack.folded) == (task, selected, folded)
    assert stack.frames == FRAMES[stack.task.label.number]


def test_where_knows_the_frame_in_view() -> None:
    talk = Talk()
    talk.do("frame 3")

    assert talk.reply("where", Stack).selected == 3
    assert talk.reply("where worker#1", Stack).selected == 3


def test_a_task_without_frames() -> None:
    talk = Talk()
    talk.do("task 0")

    assert talk.reply("where", Stack).frames == ()
    for line in ("up", "frame", "p 1", "locals"):
        assert "no Python frame" in talk.failure(line).text
    assert "no source" in talk.failure("list").text


@pytest.mark.parametrize(
    ("lines", "index"),
    [
        (["up"], 3),
        (["u"], 3),
        (["up 9"], 3),
        (["up -a"], 2),
        (["up -a", "up -a"], 3),
        (["up -a 2"], 3),
        (["up", "down"], 1),
        (["up", "down -a"], 2),
        (["down -a", "up", "down"], 0),
        (["frame 2", "up", "down"], 2),
        (["frame 2", "up", "down", "down"], 1),
        (["frame 0", "up", "up", "down", "down"], 0),
        (["frame 0", "up 2", "down 2"], 0),
        (["frame 0", "task 4", "task 3", "up", "down"], 1),
        (["down -a"], 0),
        (["down -a", "up"], 1),
        (["frame 0"], 0),
        (["frame 2"], 2),
        (["frame 2", "frame"], 2),
        (["frame"], 1),
        (["up 0"], 1),
    ],
)
def test_moving_among_frames(lines: list[str], index: int) -> None:
    talk = Talk()
    talk.do(*lines[:-1]) if lines[1:] else None
    shown = talk.reply(lines[-1], FrameShown)

    assert shown.frame == FRAMES[3][index]
    status = talk.interpreter.status()
    assert status.frame == FRAMES[3][index]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["down"], "`down -a` goes on into library frames"),
        (["up", "up"], "this is the outermost frame"),
        (["frame 0", "down -a"], "this is the innermost frame"),
        (["frame 9"], "frames 0 to 3"),
        (["frame x"], "x is not a frame number"),
        (["frame -1"], "-1"),
        (["up x"], "x is not a number of frames"),
        (["up 1 2"], "2"),
        (["task main", "frame 1"], "only frame 0"),
    ],
)
def test_frames_that_are_not_there(lines: list[str], words: str) -> None:
    talk = Talk()
    for line in lines[:-1]:
        talk.do(line)

    assert words in talk.failure(lines[-1]).text


def test_nothing_is_folded_where_nothing_is_own() -> None:
    talk = Talk()
    outer = FrameSnapshot(1, place("serve", 9, Origin.LIBRARY, LIBRARY_FILE), "coroutine")
    talk.inspector.all_frames[5] = (*FRAMES[5], outer)
    talk.do("task 5")

    assert talk.reply("up", FrameShown).frame == outer


def test_a_frame_comes_with_its_source() -> None:
    listing = Talk().reply("up", FrameShown).listing

    # Two lines are all that is left of the function, so that one more comes before.
    assert listing == Listing(FILE, 9, SOURCE[8:15], marked=AWAIT_LINE)


def test_a_frame_without_source() -> None:
    assert Talk().reply("frame 2", FrameShown).listing is None


# ---- list --------------------------------------------------------------


def lines(listing: Listing) -> tuple[int, int]:
    """First and last line of a listing."""
    return listing.first, listing.first + len(listing.lines) - 1


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("list", (1, 11)),
        ("l", (1, 11)),
        ("list .", (1, 11)),
        ("list 12", (7, 17)),
        ("list 2, 4", (2, 4)),
        ("list 2,4", (2, 4)),
        ("list 20, 99", (20, 25)),
        ("list 12, 3", (12, 15)),
        (f"list {FILE}:12", (7, 17)),
        (f"list {FILE}:3, 5", (3, 5)),
        (f"list '{FILE}':3, 5", (3, 5)),
        ("longlist", (4, 5)),
        ("ll", (4, 5)),
    ],
)
def test_stretches_of_source(line: str, shown: tuple[int, int]) -> None:
    listing = Talk().reply(line, Listing)

    assert lines(listing) == shown
    assert listing.lines == SOURCE[shown[0] - 1 : shown[1]]


@pytest.mark.parametrize(("line", "marked"), [("list", 5), ("list 12, 14", None), ("ll", 5)])
def test_the_line_of_the_frame_in_view_is_marked(line: str, marked: int | None) -> None:
    assert Talk().reply(line, Listing).marked == marked


def test_list_goes_on_where_it_stopped() -> None:
    talk = Talk()
    first, second, third = (talk.reply("list", Listing) for _ in range(3))

    assert [lines(each) for each in (first, second, third)] == [(1, 11), (12, 22), (23, 25)]
    assert (second.ends, third.ends) == (False, True)
    assert "`list .` goes back" in talk.reply("list", Message).text
    assert lines(talk.reply("list .", Listing)) == (1, 11)


@pytest.mark.parametrize(
    ("move", "marked"), [("up", AWAIT_LINE), ("frame 1", 5), ("task worker#1", 5), ("task 1", 19)]
)
def test_list_begins_again_when_the_view_moves(move: str, marked: int) -> None:
    talk = Talk()
    talk.do("list", "list", move)

    assert talk.reply("list", Listing).marked == marked


def test_list_begins_again_at_a_stop() -> None:
    talk = Talk()
    talk.do("list 12")
    talk.stop_again()

    assert lines(talk.reply("list", Listing)) == (1, 11)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("list x", "x is not a line number"),
        ("list 1, x", "x is not a line number"),
        ("list ., 3", ". is not a line number"),
        ("list 99", "has 25 lines"),
        ("list nofile.py:3", "no source of nofile.py"),
        ("list no file.py:3", "no source of no file.py"),
        ("list :3", "no source of"),
        ("list 1 2", "not a line number"),
        ("longlist 3", "3"),
        ("source", "needs an expression"),
        ("source size", "has no source"),
    ],
)
def test_source_that_cannot_be_shown(line: str, words: str) -> None:
    assert words in Talk().failure(line).text


def test_source_of_an_expression() -> None:
    first, last = WORKER_SPAN

    assert Talk().reply("source worker", Listing) == Listing(FILE, first, SOURCE[first - 1 : last])


def test_the_function_of_a_task_that_has_not_started() -> None:
    talk = Talk(stop(WORKER_2, place("worker", 8)))

    assert lines(talk.reply("longlist", Listing)) == WORKER_SPAN
