"""Locks whose owner has exited, and others; locks that are waited for in a circle."""

import sys

import trio


async def takes(lock):
    await lock.acquire()  # @mark takes


async def lost():
    """A task ends with the lock."""
    lock = trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(takes, lock)
        await look()
        assert lock.locked()


async def lost_and_gone():
    """A task ends with a lock that nobody else has."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(takes, trio.Lock())
        await look()


async def released():
    """A task ends after it has released the lock."""

    async def uses(lock):
        async with lock:
            await trio.lowlevel.checkpoint()

    lock = trio.StrictFIFOLock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(uses, lock)
        await look()
        assert not lock.locked()


async def held_by_the_living():
    """The owner lives."""
    lock = trio.Lock()
    async with lock:
        await look()


async def last():
    """The last task ends with the lock: nobody is left to want it."""
    await look()
    await GLOBAL.acquire()


async def crossed():
    """Two tasks wait for each other's locks while a third one goes on."""
    first, second = trio.Lock(), trio.Lock()

    async def both(one, other):
        async with one:
            await trio.lowlevel.checkpoint()
            async with other:  # @mark both
                pass

    async with trio.open_nursery() as nursery:
        nursery.start_soon(both, first, second, name="left")
        nursery.start_soon(both, second, first, name="right")
        await look()
        here()
        nursery.cancel_scope.cancel()


async def look():
    await trio.testing.wait_all_tasks_blocked()
    here()


def here():
    pass


GLOBAL = trio.Lock()

if __name__ == "__main__":
    import trio.testing

    trio.run(globals()[sys.argv[1]])
