"""A run that waits, in a thread of its own, for a second run; each can go on without the other."""

import threading

import trio

STARTED = threading.Event()
GO_ON = threading.Event()
ENDED = threading.Event()


async def inner():
    STARTED.set()
    while not GO_ON.is_set():
        await trio.lowlevel.checkpoint()  # @mark inner
    ENDED.set()


async def outer():
    begun = False
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.to_thread.run_sync, trio.run, inner)
        while not STARTED.is_set():
            await trio.lowlevel.checkpoint()
        begun = True
        await trio.lowlevel.checkpoint()  # @mark outer
    print(begun, ENDED.is_set())


if __name__ == "__main__":
    trio.run(outer)
