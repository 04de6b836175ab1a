"""``python -m benchmarks.recordings``: what a recording of a million events takes.

Owns: the program that is recorded, and measuring.  The goals: less than 8 MB, open in 2 seconds,
any step within 100 ms.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial

import trio

import stepdbg
from stepdbg.archive.recordings.viewing import RecordingController
from stepdbg.model.facts import RunId
from stepdbg.model.recording import Sought

PAIRS = 10


async def _send(channel: trio.MemorySendChannel[int], rounds: int) -> None:
    async with channel:
        for number in range(rounds):
            await channel.send(number)
            await trio.lowlevel.checkpoint()


async def _receive(channel: trio.MemoryReceiveChannel[int]) -> None:
    async for _ in channel:
        await trio.lowlevel.checkpoint()


async def pairs(rounds: int) -> None:
    """Pairs of tasks pass numbers on, and take a checkpoint after each: five events a round."""
    async with trio.open_nursery() as nursery:
        for _ in range(PAIRS):
            send, receive = trio.open_memory_channel[int](0)
            nursery.start_soon(_send, send, rounds)
            nursery.start_soon(_receive, receive)


def seconds(work: Callable[[], object]) -> float:
    """The processor time that something takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recordings", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--looks", type=int, default=100, help="at so many steps (default: 100)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.rec")
        recording = stepdbg.record(path)
        recording.__enter__()
        trio.run(pairs, options.events // PAIRS // 5)
        closing = seconds(lambda: recording.__exit__(None, None, None))
        size = os.path.getsize(path)
        opened: list[RecordingController] = []
        opening = seconds(lambda: opened.append(RecordingController(path)))
    (controller,) = opened
    chance = random.Random(1)
    most = options.events // 2
    steps = [chance.randrange(1, most) for _ in range(options.looks)]
    looks = [seconds(partial(controller.go_to, Sought(RunId(1), step=each))) for each in steps]
    print(f"Python {platform.python_version()}, Trio {trio.__version__}: {controller.extent()}")
    print(f"closing: {closing:.2f} s; size: {size / 1e6:.2f} MB; opening: {opening:.2f} s")
    median = statistics.median(looks) * 1000
    print(f"going to a step: median {median:.1f} ms, most {max(looks) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
