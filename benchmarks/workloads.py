"""What is run: small programs that do nothing but what is measured.

Owns: the workloads.  Does not own: under which setting they run, or the clock.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import trio

Workload = Callable[[], Awaitable[None]]

CHECKPOINTS = 200_000
SPAWNS = 40_000
BATCH = 1_000


async def pass_checkpoints(count: int) -> None:
    """Take `count` steps that do nothing."""
    for _ in range(count):
        await trio.lowlevel.checkpoint()


async def one_task() -> None:
    """A checkpoint storm in the main task: the queue never holds more than one task."""
    await pass_checkpoints(CHECKPOINTS)


async def hundred_tasks() -> None:
    """The same number of checkpoints by a hundred tasks, so that batches are long."""
    async with trio.open_nursery() as nursery:
        for _ in range(100):
            nursery.start_soon(pass_checkpoints, CHECKPOINTS // 100)


async def nothing() -> None:
    """A task's whole life."""


async def spawn_storm() -> None:
    """Tasks that are over after their first step, a thousand at a time."""
    for _ in range(SPAWNS // BATCH):
        async with trio.open_nursery() as nursery:
            for _ in range(BATCH):
                nursery.start_soon(nothing)


WORKLOADS: dict[str, Workload] = {
    "checkpoints, 1 x 200,000": one_task,
    "checkpoints, 100 x 2,000": hundred_tasks,
    "spawns, 40 x 1,000": spawn_storm,
}
"""By the name that the table shows."""
