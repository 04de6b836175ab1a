"""A compute loop or a checkpoint storm that times itself: ``hot_lines.py KIND ROUNDS``.

Prints its CPU seconds.  Breakpoints go to the marked lines, none of which ever stops it.
"""

import sys
import time

import trio


def cold() -> None:
    """Nobody calls this."""
    print("never run")  # @mark cold


async def compute(rounds: int) -> int:
    """A line of arithmetic, many times."""
    total = 0
    for number in range(rounds):
        total += number & 7  # @mark compute-hot
        if total < 0:
            total = 0  # @mark compute-never
    return total


async def storm(rounds: int) -> int:
    """A checkpoint, many times."""
    total = 0
    for number in range(rounds):
        await trio.lowlevel.checkpoint()  # @mark storm-hot
        if number < 0:
            total = 0  # @mark storm-never
    return total


async def main() -> None:
    """Time one of them."""
    work = {"compute": compute, "storm": storm}[sys.argv[1]]
    began = time.process_time()
    await work(int(sys.argv[2]))
    print("seconds", time.process_time() - began)


trio.run(main)
