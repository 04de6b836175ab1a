"""A pool of workers with its test: all jobs are done, and the pool is empty afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import trio

Job = Callable[[], Awaitable[int]]


class Pool:
    """Runs jobs in a few workers; `results` ends when all workers have ended."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.to_workers, self.jobs = trio.open_memory_channel[Job](10)
        self.to_caller, self.results = trio.open_memory_channel[int](0)

    async def work(self, jobs: trio.MemoryReceiveChannel[Job]) -> None:
        to_caller = self.to_caller.clone()
        async with jobs:
            async for job in jobs:
                try:
                    value = await job()
                except ValueError:
                    continue
                await to_caller.send(value)
        await to_caller.aclose()

    async def run(self) -> None:
        async with self.to_caller, trio.open_nursery() as nursery:
            for _ in range(self.size):
                nursery.start_soon(self.work, self.jobs.clone())

    async def submit(self, job: Job) -> None:
        await self.to_workers.send(job)

    async def finish(self) -> None:
        await self.to_workers.aclose()


def squared(number: int) -> Job:
    async def job() -> int:
        await trio.lowlevel.checkpoint()
        if number % 3 == 0:
            raise ValueError(number)
        return number * number

    return job


async def squares(numbers: range) -> list[int]:
    pool, found = Pool(3), list[int]()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pool.run)
        for number in numbers:
            await pool.submit(squared(number))
        await pool.finish()
        async for value in pool.results:
            found.append(value)
    return sorted(found)


def test_all_squares_come() -> None:
    assert trio.run(squares, range(6)) == [1, 4, 16, 25]


def test_more_squares_than_fit() -> None:
    assert trio.run(squares, range(20)) == [n * n for n in range(20) if n % 3]
