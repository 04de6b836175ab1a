"""Tasks that wait, and what may be claimed of them: the first argument says which.

`here` is called while the others wait.
"""

import sys

import trio


def here():
    pass


class World:
    """Keeps what tasks wait for where a search through variables does not come."""

    def __init__(self):
        self.channels = {"a": trio.open_memory_channel(0)}
        self.events = {"one": trio.Event(), "two": trio.Event()}
        self.deep = [{"events": [self.events]}]


# What is no deadlock


async def kept_deep():
    """The only end that is found in variables is the waiter's own."""

    async def waiter(world):
        send, receive = world.channels["a"]
        await receive.receive()  # @mark deep
        assert send

    async def sender(world):
        await trio.sleep(0.1)
        await world.channels["a"][0].send("hello")

    world = World()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter, world)
        nursery.start_soon(sender, world)
        await trio.sleep(0.01)
        here()


async def a_third_sets():
    """Two tasks wait for each other's event; a third one has them deeper down."""

    async def turn(mine, other):
        await mine.wait()
        other.set()

    async def third(deep):
        await trio.sleep(0.1)
        deep[0]["events"][0]["one"].set()

    async def begin(nursery):
        world = World()
        one, two = world.events["one"], world.events["two"]
        nursery.start_soon(turn, one, two)
        nursery.start_soon(turn, two, one)
        nursery.start_soon(third, world.deep)

    async with trio.open_nursery() as nursery:
        await begin(nursery)
        await trio.sleep(0.01)
        here()


async def own_end_and_a_deadline():
    """It holds both ends, and gives up."""

    async def waiter(send, receive):
        with trio.move_on_after(0.3):
            await receive.receive()  # @mark both
        assert send

    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter, *trio.open_memory_channel(0))
        await trio.sleep(0.01)
        here()


# Locks taken in opposite order


async def hold(first, second):
    async with first:
        await trio.sleep(0.01)
        await second.acquire()


async def locks_with_a_deadline():
    """One of the two gives up."""

    async def give_up(first, second):
        with trio.move_on_after(0.3):
            await hold(first, second)

    left, right = trio.Lock(), trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(give_up, left, right)
        nursery.start_soon(hold, right, left)
        await trio.sleep(0.05)
        here()
        nursery.cancel_scope.cancel()


async def locks_and_a_stopper():
    """A sibling ends it all."""

    async def stopper(scope):
        await trio.sleep(0.2)
        scope.cancel()  # @mark stops

    left, right = trio.Lock(), trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold, left, right)
        nursery.start_soon(hold, right, left)
        nursery.start_soon(stopper, nursery.cancel_scope)
        await trio.sleep(0.05)
        here()


async def locks_behind_a_shield():
    """No cancellation reaches them, and whoever ends is none of theirs."""

    async def shielded():
        left, right = trio.Lock(), trio.Lock()
        with trio.CancelScope(shield=True):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(hold, left, right)
                nursery.start_soon(hold, right, left)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(shielded)
        await trio.sleep(0.05)
        here()


async def main():
    await globals()[sys.argv[1]]()


if __name__ == "__main__":
    trio.run(main)
