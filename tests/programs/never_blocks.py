"""A task that hogs the loop inside one step, until a thread tells it to stop.

It ends by itself after `SECONDS`, so that a test that fails to reach it does not hang.
"""

import time

import trio

SECONDS = 20


async def hog():
    print("hogging", flush=True)
    give_up = time.monotonic() + SECONDS
    turns = 0
    while time.monotonic() < give_up:  # @mark hog
        turns += 1
    print("gave up")


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hog)
        await trio.sleep(0)  # @mark beside


if __name__ == "__main__":
    trio.run(main)
