"""The first steps of two tasks take long, the others do not."""

import time

import trio


def busy() -> None:
    end = time.perf_counter() + 0.03
    while time.perf_counter() < end:
        pass


async def child() -> None:
    busy()
    await trio.lowlevel.checkpoint()  # @mark second


async def main() -> None:
    busy()
    await trio.lowlevel.checkpoint()  # @mark first
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)


if __name__ == "__main__":
    trio.run(main)
