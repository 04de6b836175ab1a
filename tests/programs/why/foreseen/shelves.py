"""What the broken program and its mended twin are both made of; names repeat, as they do."""

import trio


class Cache:
    def __init__(self, how="set"):
        self.ready, self.gate, self.how = trio.Event(), trio.Event(), how

    async def refresh(self):
        await self.gate.wait()
        self.ready.set()  # @mark refresh

    async def computed(self):
        await self.gate.wait()
        getattr(self.ready, self.how)()  # @mark computed


class Client:
    def __init__(self, cache):
        self.cache = cache

    async def get(self):
        await self.cache.ready.wait()  # @mark get


class Belt:
    def __init__(self):
        self.put, self.take = trio.open_memory_channel(0)


class Worker:
    def __init__(self, belt):
        self.belt = belt

    async def work(self):
        await self.belt.put.send("done")  # @mark send
        await self.belt.take.receive()  # @mark receive
