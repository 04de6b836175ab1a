"""Tasks that block, wake, are cancelled, fail and exit, with exceptions on their way."""

import time

import trio


class Shop:
    async def serve(self, number: int) -> int:
        await trio.lowlevel.checkpoint()  # @mark serve
        return number

    @staticmethod
    def price(number: int) -> int:
        return number * 2  # @mark price


async def waiter(event: trio.Event) -> None:
    await event.wait()  # @mark waits
    print(end="")  # @mark woken


async def endless() -> None:
    await trio.sleep_forever()  # @mark endless


async def fails() -> None:
    await trio.lowlevel.checkpoint()
    raise ValueError("no")  # @mark raises


async def caught() -> None:
    try:
        int("x")  # @mark by-c
    except ValueError:
        pass
    try:
        raise KeyError("key")  # @mark key
    except KeyError:
        pass
    with trio.move_on_after(0):
        await trio.sleep_forever()  # @mark expires
    await trio.lowlevel.checkpoint()


async def slow() -> None:
    await trio.lowlevel.checkpoint()
    end = time.perf_counter() + 0.03
    while time.perf_counter() < end:
        pass
    await trio.lowlevel.checkpoint()  # @mark slow


async def loops() -> None:
    for turn in range(10):  # @mark for
        await trio.lowlevel.checkpoint()  # @mark turn
        # no code here  # @mark comment
        print(end="")  # @mark print


async def main() -> None:
    event = trio.Event()
    shop = Shop()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter, event)  # @mark spawns
        nursery.start_soon(endless)
        nursery.start_soon(caught)
        nursery.start_soon(slow)
        nursery.start_soon(loops)
        await trio.sleep(0.01)
        event.set()  # @mark sets
        print(shop.price(await shop.serve(3)), end="")
        await trio.sleep(0.05)
        nursery.cancel_scope.cancel()  # @mark cancels
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails)
    except* ValueError:
        print(end="")  # @mark group


if __name__ == "__main__":
    trio.run(main)
