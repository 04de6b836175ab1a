"""``python -m benchmarks.looking``: what the thread costs that looks at steps while they last.

Owns: a step that does not yield, with a given number of looks at it; counting the instructions of
a look, and the share of all looks in a busy loop.
Does not own: what is looked at.

The thread looks so many times a second, however fast the loop is.  So the instructions of one look,
times the looks of a second, are compared with what a loop executes in a second.  Under Valgrind
that second would be longer, so the step itself looks, as often as it is told.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import trio

from stepdbg.engine.noticing import lasting
from stepdbg.engine.process.ticking import Ticker
from stepdbg.engine.running.session import Session
from stepdbg.model.breakpoints import BreakpointSpec, SlowTarget

from .instructions import VALGRIND, counted
from .settings import Continues, simply_on

NEVER = 100_000.0
"""Seconds after which a step is slow here, and between two looks of the thread."""

LOOKS = 200
ROUNDS = 1_000_000


def count_lines(rounds: int) -> int:
    """A loop that does not yield."""
    total = 0
    for number in range(rounds):
        total += number & 7
    return total


def looked_at(looks: int) -> None:
    """Look at a step while it lasts."""
    found: list[Callable[[], bool]] = []
    whole = Ticker.__init__

    def rests(self: Ticker, look: Callable[[], bool], _seconds: float) -> None:
        found.append(look)
        whole(self, look, NEVER)

    Ticker.__init__ = rests  # type: ignore[method-assign, assignment]  # the step looks in its place
    session = Session(Continues((BreakpointSpec(SlowTarget(NEVER)),), simply_on))
    session.install()

    async def lasts() -> None:
        await trio.lowlevel.checkpoint()
        time.sleep(2 * lasting.EVERY)  # a look at a younger step takes less
        for _ in range(looks):
            assert found[0]()

    trio.run(lasts)
    os._exit(0)  # what is done when a process ends is not counted


def instructions(*words: object) -> int:
    """The instructions of a process of this module."""
    command = [*VALGRIND, sys.executable, "-m", "benchmarks.looking", *map(str, words)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    return counted(done.stderr)


def per_one(what: str, small: int) -> float:
    """The instructions of one look, or of one round of the loop: the median of three counts."""
    return median(
        (instructions(what, 3 * small) - instructions(what, small)) / (2 * small) for _ in range(3)
    )


def main() -> None:
    """Count and print."""
    look, loop = per_one("looks", LOOKS), per_one("loop", ROUNDS)
    begins = time.thread_time()
    count_lines(10 * ROUNDS)
    second = loop * 10 * ROUNDS / (time.thread_time() - begins)
    print("| instructions a look | looks a second | instructions a second of the loop | share |")
    print("|--:|--:|--:|--:|")
    often = 1 / lasting.EVERY
    share = look * often / second
    print(f"| {look:,.0f} | {often:.0f} | {second / 1e9:.1f} billion | {share:.3%} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        {"looks": looked_at, "loop": count_lines}[sys.argv[1]](int(sys.argv[2]))
    else:
        main()
