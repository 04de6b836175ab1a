"""Nobody does what the others wait for."""

import sys

import trio
from shelves import Belt, Cache, Client, Worker


class App:
    def __init__(self):
        self.cache, self.belt = Cache(), Belt()

    async def only(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.cache.refresh)
            nursery.start_soon(Client(self.cache).get)

    async def might(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.cache.computed)
            nursery.start_soon(Client(self.cache).get)

    async def no_longer(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(Client(self.cache).get)

    async def several_no_longer(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.idle)
            nursery.start_soon(Client(self.cache).get)

    async def idle(self):
        await trio.Event().wait()

    async def nobody_receives(self):
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(Worker(self.belt).work)

    async def one_receives(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.receive_later)
            nursery.start_soon(Worker(self.belt).work)

    async def receive_later(self):
        await self.cache.gate.wait()
        await self.belt.take.receive()  # @mark later

    async def none_receives(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.send)
            nursery.start_soon(self.idle)

    async def send(self):
        await self.belt.put.send("done")


if __name__ == "__main__":
    trio.run(getattr(App(), sys.argv[1]))
