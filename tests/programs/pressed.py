"""Counts for ever in a few tasks, or fails with many: SIGINT comes at any moment of it."""

import itertools
import sys

import trio


async def counts():
    for _ in itertools.count():
        await trio.sleep(0)


async def waits():
    await trio.sleep_forever()


async def fails():
    await trio.sleep(0.05)
    print("fails now", flush=True)
    raise ValueError("as it must")


async def main(how):
    try:
        async with trio.open_nursery() as nursery:
            if how == "fails":
                for _ in range(2_000):
                    nursery.start_soon(waits)
                nursery.start_soon(fails)
            else:
                print("counts now", flush=True)
                for _ in range(3):
                    nursery.start_soon(counts)
    finally:
        print("cleaned up", flush=True)


try:
    trio.run(main, sys.argv[1])
except BaseExceptionGroup as group:
    if group.subgroup(KeyboardInterrupt) is None:
        raise
    raise KeyboardInterrupt from None
