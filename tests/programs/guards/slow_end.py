"""A task whose last step is a long one."""

import time

import trio


async def spins(name):
    await trio.lowlevel.checkpoint()
    end = time.perf_counter() + 0.02
    while time.perf_counter() < end:
        pass


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(spins, "one")
    print("over")


if __name__ == "__main__":
    trio.run(main)
