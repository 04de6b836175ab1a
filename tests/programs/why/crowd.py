"""Many tasks that wait for one lock, a few that differ, and a nursery of the main task."""

import trio
import trio.testing


class Pool:
    """One connection for many."""

    def __init__(self):
        self.lock = trio.Lock()
        self.closed = trio.Event()

    async def use(self):
        async with self.lock:
            await self.closed.wait()

    async def close(self):
        await self.closed.wait()


async def look(nursery):
    await trio.testing.wait_all_tasks_blocked(0.01)
    here()
    nursery.cancel_scope.cancel()


def here():
    """Where to look."""


async def crowd():
    pool = Pool()
    async with trio.open_nursery() as nursery:
        for _ in range(40):
            nursery.start_soon(pool.use)
        for _ in range(2):
            nursery.start_soon(pool.close)
        nursery.start_soon(look, nursery)


trio.run(crowd)
