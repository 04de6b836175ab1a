"""What a program reads on the clock of its run: the same again, or named."""

from __future__ import annotations

import random
import zlib
from array import array
from binascii import b2a_base64, crc32

import pytest

from stepdbg.engine.recording import step_log
from stepdbg.model import clock_reads
from stepdbg.model.clock_reads import ClockReads, reads_of, text_of
from stepdbg.model.errors import BadUsage
from stepdbg.model.schedule_text import file_of
from tests.schedules.replaying import play

PROGRAM = """
import trio

async def child(number):
    before = trio.current_time()
    with trio.move_on_after(0.05) as scope:
        left = trio.current_effective_deadline() - trio.current_time()
        await trio.sleep(0.001 * number)
        scope.deadline = scope.deadline + 0.01
        clock = trio.lowlevel.current_clock()
        print(number, before, left, scope.deadline, clock.current_time())
        await trio.sleep(0.001)
        print(trio.current_time() - before, scope.relative_deadline)

async def main():
    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(child, number)
    with trio.move_on_after(0.002) as scope:
        await trio.sleep_forever()
    print(scope.deadline, trio.current_time() - scope.deadline, scope.cancelled_caught)
"""


def test_a_file_gives_all_times_again() -> None:
    first = play(PROGRAM)
    assert first.schedule is not None
    text = file_of(first.schedule).decode()
    assert "\nstepdbg-clock:1:" in text
    for _ in range(3):
        again = play(PROGRAM, text)
        assert again.left() == []
        assert again.output == first.output
        assert not [each for each in again.notes if "does not control" in each]
        assert again.schedule is not None
        assert file_of(again.schedule).decode().split()[1] == text.split()[1], "and once more"


def test_a_line_has_no_times_and_names_the_clock() -> None:
    again = play(PROGRAM, play(PROGRAM).line)
    assert again.left() == []
    told = [each for each in again.notes if "does not control" in each]
    clock = "the exact time of the run's clock at program.py:5"
    assert told == [f"replay: the schedule does not control {clock}"]


def test_what_only_trio_reads_is_not_named() -> None:
    played = play("import trio\nasync def main():\n    await trio.sleep(0.001)\n")
    assert played.schedule is not None
    assert played.schedule.touched == ()
    assert played.schedule.reads is not None


def test_a_step_that_waits_for_the_time_ends() -> None:
    source = """
import trio
async def main():
    end = trio.current_time() + 0.005
    while trio.current_time() < end:
        pass
    print("done")
"""
    first = play(source)
    assert play(source, first.line).output == "done\n"


def test_other_reads_do_not_shift_those_of_later_steps() -> None:
    """In the replay, the first step reads once more than before, and the third one less often."""
    source = """
import trio
async def main():
    for number in range(6):
        for _ in range(times[number]):
            now = trio.current_time()
        if number % 2:
            print(now)
        await trio.lowlevel.checkpoint()
"""
    first = play(source, times=[2, 1, 3, 1, 1, 1])
    assert first.schedule is not None
    again = play(source, file_of(first.schedule).decode(), times=[4, 1, 1, 1, 1, 1])
    assert again.output == first.output


def test_a_full_log_of_reads_keeps_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_log, "MOST_READS", 2)
    source = """
import trio
async def main():
    for _ in range(4):
        print(trio.current_time())
        await trio.lowlevel.checkpoint()
"""
    first = play(source)
    assert first.schedule is not None
    assert first.schedule.reads is not None
    assert len(first.schedule.reads.times) == 2
    again = play(source, file_of(first.schedule).decode())
    assert again.output.split()[:2] == first.output.split()[:2]


def test_a_text_says_what_it_was_made_of() -> None:
    rng = random.Random(1)
    for count in (0, 1, 300):
        steps = array("I", sorted(rng.randrange(10**6) for _ in range(count)))
        reads = ClockReads(rng.random(), steps, array("d", (rng.random() for _ in range(count))))
        assert reads_of(text_of(reads)) == reads


@pytest.mark.parametrize("data", [b"", b"1234567", b"x" * 9, b"y" * (8 + 12 * 1_000_001)], ids=len)
def test_a_text_from_anybody_is_refused(data: bytes) -> None:
    body = b2a_base64(zlib.compress(data), newline=False).decode()
    with pytest.raises(BadUsage, match="cannot be read"):
        reads_of(f"{clock_reads.PREFIX}1:{body}:{crc32(body.encode()):08x}")


def test_a_damaged_text_is_refused() -> None:
    text = text_of(ClockReads(1.0, array("I", [1]), array("d", [2.0])))
    with pytest.raises(BadUsage, match="damaged"):
        reads_of(text[:-1])
    with pytest.raises(BadUsage, match="format 1"):
        reads_of(text.replace(":1:", ":2:", 1))
