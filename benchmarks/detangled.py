"""The programs of `benchmarks.exploring` for asyncio, explored by detangle.

Owns: these programs, `explored`.  Does not own: the table (exploring).

detangle (https://pypi.org/project/detangle/) need not be there; ``pip install stepdbg[benchmarks]``
installs it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from importlib.util import find_spec
from typing import Any

Program = Callable[[], Coroutine[Any, Any, None]]


def stepping(tasks: int, steps: int) -> Program:
    """See `exploring.stepping`."""

    async def main() -> None:
        done: list[int] = []

        async def work() -> None:
            for _ in range(steps - 1):
                done.append(1)
                await asyncio.sleep(0)
            done.append(1)

        async with asyncio.TaskGroup() as group:
            for _ in range(tasks):
                group.create_task(work())
        assert len(done) == tasks * steps

    return main


async def locking() -> None:
    """See `exploring.locking`; a queue stands for the channel."""
    lock, count = asyncio.Lock(), 0
    queue: asyncio.Queue[int] = asyncio.Queue(2)

    async def work() -> None:
        nonlocal count
        for _ in range(2):
            async with lock:
                count += 1
                await asyncio.sleep(0)
            async with asyncio.timeout(1):
                await queue.put(count)

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(work())
        for _ in range(10):
            await queue.get()
    assert count == 10


PROGRAMS: dict[str, Program] = {
    "3 tasks, 10 steps": stepping(3, 3),
    "5 tasks, 30 steps": stepping(5, 6),
    "5 tasks with a lock and a channel, 60 steps": locking,
    "100 tasks, 500 steps": stepping(100, 5),
}


def is_there() -> bool:
    """Whether detangle is installed."""
    return find_spec("detangle") is not None


def explored(program: str, schedules: int) -> dict[str, float]:
    """What an exploration with its usual strategy comes to, in this process."""
    import detangle

    before = time.process_time()
    stats = detangle.explore(PROGRAMS[program], runs=schedules, seed=1, database=False)
    return {"schedules": stats.runs, "processor": time.process_time() - before}
