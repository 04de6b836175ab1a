"""Async generators left to the garbage collector, and others."""

import contextlib
import sys

import trio


async def rows():
    try:
        for number in range(10):
            yield number  # @mark yield
    finally:
        CLOSED.append(1)


async def plain():
    for number in range(10):
        yield number


async def left():
    """The loop ends early, and what is left has clean-up to do."""
    async for _ in rows():
        break


async def many_left():
    for _ in range(1_234):
        await left()


async def nothing_to_do():
    """The loop ends early, but nothing is left to clean up."""
    async for _ in plain():
        break


async def finished():
    async for _ in rows():
        pass


async def closed():
    async with contextlib.aclosing(rows()) as each:
        async for _ in each:
            break


async def alive_at_the_end():
    """Trio itself closes what lives at the end of the run."""
    KEPT.append(rows())
    async for _ in KEPT[0]:
        break


async def main():
    await globals()[sys.argv[1]]()
    await trio.lowlevel.checkpoint()
    await trio.lowlevel.checkpoint()
    here()


def here():
    pass


CLOSED = []
KEPT = []

if __name__ == "__main__":
    trio.run(main)
