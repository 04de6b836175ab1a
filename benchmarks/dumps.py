"""``python -m benchmarks.dumps``: what a dump of very many tasks takes.

Owns: the program that dumps itself, and measuring it.  The goal: 10,000 tasks in less than
2 seconds and 5 MB.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable

import trio
import trio.testing

import stepdbg


async def _worker(number: int, channel: trio.MemoryReceiveChannel[int]) -> None:
    rows = [number, str(number)]
    state = {"n": number, "name": f"worker {number}", "rows": rows}
    async with channel:
        async for item in channel:
            print(item, rows, state)


async def _dump_again_and_again(count: int, times: int, path: str) -> dict[str, list[float]]:
    """The seconds that each dump of that many tasks takes."""
    clocks: dict[str, Callable[[], float]] = {"CPU": time.process_time, "wall": time.perf_counter}
    found: dict[str, list[float]] = {name: [] for name in clocks}
    async with trio.open_nursery() as nursery:
        _send, receive = trio.open_memory_channel[int](0)
        for number in range(count):
            nursery.start_soon(_worker, number, receive.clone())
        await trio.testing.wait_all_tasks_blocked()
        for _ in range(times):
            begun = {name: clock() for name, clock in clocks.items()}
            stepdbg.dump(path)
            for name, clock in clocks.items():
                found[name].append(clock() - begun[name])
        nursery.cancel_scope.cancel()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dumps", description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "many.dump")
        taken = trio.run(_dump_again_and_again, options.tasks, options.times, path)
        size = os.path.getsize(path)
    print(f"Python {platform.python_version()}, Trio {trio.__version__}, {options.tasks:,} tasks")
    for name, seconds in taken.items():
        print(f"{name}: median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s")
    print(f"size: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
