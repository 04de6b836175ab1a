"""Events that nobody else can set any more, and events that somebody can."""

import sys

import trio


async def waits(event):
    await event.wait()  # @mark waits


async def forgotten():
    """Nobody has it but the task that waits."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits, trio.Event())
        await look()
        nursery.cancel_scope.cancel()


async def stuck_parent():
    """The parent has it, and waits for the child itself."""

    async def parent():
        event = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(waits, event)
        event.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(parent)
        await look()
        nursery.cancel_scope.cancel()


async def ring():
    """Two tasks wait for what only the other one can set."""

    async def turn(mine, other):
        await mine.wait()  # @mark turn
        other.set()

    async with trio.open_nursery() as nursery:
        one, two = trio.Event(), trio.Event()
        nursery.start_soon(turn, one, two)
        nursery.start_soon(turn, two, one)
        del one, two
        await look()
        nursery.cancel_scope.cancel()


async def held():
    """Somebody has it in a variable."""
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits, event)
        await look()
        event.set()


async def in_a_closure():
    """Somebody can call what sets it."""

    def releases(event):
        def release():
            event.set()

        return release

    event = trio.Event()
    release = releases(event)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits, event)
        del event
        await look()
        release()


async def in_a_module():
    """It is global."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits, GLOBAL)
        await look()
        GLOBAL.set()


async def with_a_deadline():
    """The wait ends by itself."""
    with trio.move_on_after(0.05):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(waits, trio.Event())
            await look()


async def sibling_has_it():
    """Another child is going to set it."""

    async def sets(event):
        await trio.sleep(0.01)
        event.set()

    async with trio.open_nursery() as nursery:
        event = trio.Event()
        nursery.start_soon(waits, event)
        nursery.start_soon(sets, event)
        del event
        await look()


async def look():
    await trio.testing.wait_all_tasks_blocked()
    here()


def here():
    pass


GLOBAL = trio.Event()

if __name__ == "__main__":
    import trio.testing

    trio.run(globals()[sys.argv[1]])
