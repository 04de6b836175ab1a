"""The parts of a small shop: classes that the programs `shop` and `shop_mended` share."""

import trio


class Belt:
    """Orders on their way from the till to the kitchen."""

    def __init__(self, size=0):
        self.till, self.kitchen = trio.open_memory_channel(size)


class Board:
    """What is written for everybody to read."""

    def __init__(self):
        self.changed = trio.Condition()
        self.text = ""

    async def write(self, text):
        async with self.changed:
            self.text = text
            self.changed.notify()  # @mark notify

    async def read(self):
        async with self.changed:
            await self.changed.wait()
            return self.text


class Oven:
    """One at a time."""

    def __init__(self):
        self.lock = trio.Lock()

    async def bake(self, seconds):
        async with self.lock:
            await trio.sleep(seconds)

    def open(self):
        self.lock.release()


async def pair():
    """Two streams that are connected."""
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener:
        here = await trio.open_tcp_stream(*listener.socket.getsockname())
        there = await listener.accept()
    return here, there
