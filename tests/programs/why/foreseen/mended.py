"""The twin of the broken program: somebody does it."""

import sys

import trio
import trio.testing
from shelves import Belt, Cache, Client, Worker


class App:
    def __init__(self):
        self.cache, self.belt = Cache(), Belt()

    async def only(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.cache.refresh)
            nursery.start_soon(Client(self.cache).get)
            await self.see()
            self.cache.gate.set()
            self.cache.ready.set()  # @mark app sets

    async def might(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.cache.refresh)
            nursery.start_soon(Client(self.cache).get)
            await self.see()
            self.cache.gate.set()
            self.cache.ready.set()

    async def no_longer(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(Client(self.cache).get)
            await self.see()
            self.cache.ready.set()

    async def several_no_longer(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.later)
            nursery.start_soon(Client(self.cache).get)
            await self.see()
            self.cache.gate.set()
            self.cache.ready.set()

    async def later(self):
        await self.cache.gate.wait()
        self.cache.ready.set()

    async def nobody_receives(self):
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(Worker(self.belt).work)
            await self.see()
            for _ in range(3):
                self.belt.take.receive_nowait()
            for _ in range(3):
                await self.belt.put.send("more")

    async def one_receives(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.receive_later)
            nursery.start_soon(Worker(self.belt).work)
            await self.see()
            self.cache.gate.set()
            await self.belt.put.send("more")

    async def receive_later(self):
        await self.cache.gate.wait()
        await self.belt.take.receive()  # @mark later

    async def none_receives(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.send)
            await self.see()
            await self.belt.take.receive()  # @mark app receives

    async def send(self):
        await self.belt.put.send("done")

    async def see(self):
        await trio.testing.wait_all_tasks_blocked()
        look()


def look():
    """Here the broken one is stuck."""


if __name__ == "__main__":
    trio.run(getattr(App(), sys.argv[1]))
