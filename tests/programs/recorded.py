"""Tasks that are spawned, block, are woken, cancelled and fail, each at a line of its own."""

import trio


class Refuses(Exception):
    """An exception that must not be asked for its text while the program runs."""

    def __str__(self):
        print("asked for its text")
        return "text"


async def waits(event):
    await event.wait()  # @mark wait
    await trio.lowlevel.checkpoint()


async def owns(lock, event):
    async with lock:  # @mark lock
        await event.wait()  # @mark held


async def fails():
    await trio.lowlevel.checkpoint()
    raise Refuses


async def is_cancelled(scope):
    with scope:
        await trio.sleep_forever()  # @mark forever


async def main():
    event, lock, scope = trio.Event(), trio.Lock(), trio.CancelScope()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits, event)  # @mark spawn
        nursery.start_soon(owns, lock, event)
        nursery.start_soon(owns, lock, event)
        nursery.start_soon(is_cancelled, scope)
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()  # @mark middle
        scope.cancel()  # @mark cancel
        event.set()  # @mark set
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails)
    except* Refuses:
        pass
    await trio.lowlevel.checkpoint()  # @mark end


trio.run(main)
