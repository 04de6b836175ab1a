"""Keeps its run busy for half a second, as its argument says, and then comes to a line."""

import sys
import time

import trio

SECONDS = 0.5


async def spins():
    end = trio.current_time() + SECONDS
    while trio.current_time() < end:
        await trio.lowlevel.checkpoint()


async def holds():
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:  # @mark holds
        pass
    await trio.lowlevel.checkpoint()


async def ends():
    await trio.sleep(0)
    await trio.sleep(0.001)
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        pass


async def sleeps():
    await trio.sleep(SECONDS)


async def waits():
    await trio.sleep_forever()


async def main(how, crowd):
    async with trio.open_nursery() as nursery:
        for _ in range(crowd):
            nursery.start_soon(waits)
        async with trio.open_nursery() as inner:
            inner.start_soon(globals()[how])
        here()
        nursery.cancel_scope.cancel()


def here():
    pass  # @mark here


if __name__ == "__main__":
    trio.run(main, sys.argv[1], int(sys.argv[2]))
    sys.exit(3)
