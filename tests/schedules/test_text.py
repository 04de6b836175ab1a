"""A schedule as a line of text: nothing is lost, and a bad line makes a sentence."""

from __future__ import annotations

import contextlib
import random
import string
import time
import zlib
from binascii import b2a_base64

import pytest

from stepdbg.model.checked_text import checksum
from stepdbg.model.errors import BadUsage
from stepdbg.model.schedule_text import _payload, schedule_of, text_of
from stepdbg.model.schedules import Damaged, Logged, Schedule, Turn, TurnKind, TurnWriter, turns_of
from tests.schedules.making import HEADER, any_log, any_schedule

SAFE = set(string.ascii_letters + string.digits + "-_:")


def line_with(payload: bytes) -> str:
    body = b2a_base64(zlib.compress(payload), newline=False).decode().rstrip("=")
    body = body.replace("+", "-").replace("/", "_")
    return f"stepdbg:1:{body}:{checksum(body)}"


@pytest.mark.parametrize("seed", range(100))
def test_nothing_is_lost(seed: int) -> None:
    schedule = any_schedule(random.Random(seed))
    line = text_of(schedule)
    assert schedule_of(line) == schedule
    assert set(line) <= SAFE
    assert text_of(schedule_of(line)) == line


def test_blanks_and_newlines_of_a_terminal_count_for_nothing() -> None:
    schedule = any_schedule(random.Random(1))
    line = text_of(schedule)
    broken = "\n".join(line[at : at + 40] + "  " for at in range(0, len(line), 40))
    assert schedule_of(f"\t{broken}\r\n") == schedule


@pytest.mark.parametrize("seed", range(100))
def test_a_character_that_changed_is_noticed(seed: int) -> None:
    rng = random.Random(seed)
    line = text_of(any_schedule(rng))
    place = rng.randrange(len(line))
    other = rng.choice(sorted(SAFE - {line[place]}))
    for damaged in (
        line[:place] + other + line[place + 1 :],
        line[:place] + line[place + 1 :],
        line[:place],
        line[: place + 1] + line[place:] + line[place:],
    ):
        with pytest.raises(BadUsage, match="schedule"):
            schedule_of(damaged)


@pytest.mark.parametrize("seed", range(300))
def test_bytes_that_are_no_schedule_make_a_sentence(seed: int) -> None:
    """The checksum fits: somebody has made the line on purpose."""
    rng = random.Random(seed)
    payload = bytearray(_payload(any_schedule(rng)))
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(payload))
        match rng.randrange(3):
            case 0:
                payload[place] = rng.randrange(256)
            case 1:
                del payload[place:]
                payload.append(255)
            case 2:
                payload[place:place] = rng.randbytes(rng.randrange(12))
    line = line_with(bytes(payload))
    with contextlib.suppress(BadUsage):
        schedule = schedule_of(line)  # what was changed is a number or a name
        assert sum(turn.kind is TurnKind.STEP for turn in _first(schedule.log)) <= (
            schedule.log.steps
        )
        return
    with pytest.raises(BadUsage, match="have `token` write it again"):
        schedule_of(line)


def _first(log: Logged) -> list[Turn]:
    return [turn for turn, _ in zip(turns_of(log), range(1000), strict=False)]


@pytest.mark.parametrize(
    "text",
    ["", "stepdbg", "stepdbg:", "stepdbg:1", "stepdbg:1:", "stepdbg:1::", "hello", "a:b:c:d"],
)
def test_no_schedule(text: str) -> None:
    with pytest.raises(BadUsage, match="schedule"):
        schedule_of(text)


def test_a_later_format_is_named() -> None:
    with pytest.raises(BadUsage, match="format '2', and this stepdbg reads format 1"):
        schedule_of("stepdbg:2:abc:def")


@pytest.mark.parametrize("text", ["stepdbg:1:é:00000000", "stepdbg:1:\ud800:00000000", "stepdbg:é"])
def test_other_letters(text: str) -> None:
    with pytest.raises(BadUsage, match="schedule"):
        schedule_of(text)


def test_a_short_line_makes_no_gigabytes() -> None:
    began = time.process_time()
    with pytest.raises(BadUsage, match="cannot be read"):
        schedule_of(line_with(bytes(300_000_000)))
    assert time.process_time() - began < 10


def test_repeated_steps_take_two_numbers() -> None:
    turns = TurnWriter()
    for _ in range(1_000_000):
        turns.step(3)
    assert len(turns.written()) == 4


@pytest.mark.parametrize("seed", range(20))
def test_turns_are_what_was_written(seed: int) -> None:
    rng = random.Random(seed)
    writer, expected, time_ = TurnWriter(), [], 0
    for _ in range(200):
        place = rng.randrange(3)
        match rng.randrange(4):
            case 0:
                writer.deadline(place)
                expected.append(Turn(TurnKind.DEADLINE, place))
            case 1:
                time_ += rng.randrange(1, 200)
                writer.time(time_)
                expected.append(Turn(TurnKind.TIME, time=time_))
            case _:
                writer.step(place)
                expected.append(Turn(TurnKind.STEP, place))
    log = Logged(any_log(rng).tasks, writer.written(), writer.steps)
    table = tuple(any_schedule(rng).log.tasks) + log.tasks + log.tasks + log.tasks
    assert list(turns_of(Logged(table, log.turns, log.steps))) == expected


def test_a_task_that_is_not_in_the_table() -> None:
    with pytest.raises(Damaged):
        list(turns_of(Logged((), b"\x04", 1)))


def test_an_empty_one_is_short() -> None:
    assert len(text_of(Schedule(HEADER))) < 80
