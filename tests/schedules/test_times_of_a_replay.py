"""`log`, `timeline` and `stats` in a replay: when things happened, and what took no time."""

from __future__ import annotations

import re
from pathlib import Path

from tests.rewinding.recorded import told

PROGRAM = """\
import trio

async def child(number):
    await trio.sleep(0.3 * number)

async def main():
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(child, number)
    print("done")

trio.run(main)
"""

REPLAYED = "these are the times of the replay, in which sleeps take no time"


def woken(said: str) -> list[float]:
    """When the log says that a sleep has ended."""
    return [float(each) for each in re.findall(r"([\d.]+) s  child#\d \(\d\) woken", said)]


def test_events_have_the_times_of_the_logged_run(tmp_path: Path) -> None:
    program, file = tmp_path / "sleeps.py", tmp_path / "sleeps.schedule"
    program.write_text(PROGRAM, "utf-8")
    stop = ["break sleeps.py:10", "continue", "log", "timeline", "stats"]
    first = told(program, [*stop, f"token {file}", "back", "log", "quit"])
    again = told(program, [*stop, "quit"], "--replay", str(file))
    assert REPLAYED not in first
    assert REPLAYED in " ".join(again.split())
    assert again.count("waited for the sleep") == 2
    times = woken(first)
    assert len(times) == 4, "in the run, and in the past"
    assert min(times) >= 0.3
    for then, now in zip(times, [*times[2:], *woken(again)], strict=False):
        assert abs(then - now) < 0.05
    assert re.search(r"main \(1\) .*─{9}", again), "the timeline"
