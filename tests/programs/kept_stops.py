"""Stops at a breakpoint, and fails where nothing stops."""

import trio

PASSWORD = "hunter2"


class Basket:
    def __init__(self, size):
        self.size = size


async def buy(what, password):
    basket = Basket(3)
    count = 0
    count += len(what)  # @count
    count += len(password)
    await trio.sleep(0.001)
    return basket, count


async def fails(number):
    await trio.lowlevel.checkpoint()
    raise ValueError(number)  # @fail


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(buy, "tea", PASSWORD)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails, 7)
    except* ValueError:
        pass


trio.run(main)
