"""Random Trio programs, each from its own seed: what every task of them did, and when.

    random_programs.py FIRST LAST

Nurseries, channels, scopes, locks, conditions, events, services, sleeps, failures. With one
seed the same happens each time, as tasks are told apart by number and not by address, and no
two deadlines are equal.
"""

import itertools
import random
import sys

import trio
import trio.testing
from trio._core import _run


class Boom(Exception):
    pass


class World:
    """One program: what its tasks share."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.events = []
        self.send, self.receive = trio.open_memory_channel(2)
        self.lock = trio.Lock()
        self.limiter = trio.CapacityLimiter(2)
        self.event = trio.Event()
        self.condition = trio.Condition()
        self.left = 60

    def moment(self, longest):
        """A number of seconds; no sum of some is one of others, so no two deadlines are equal."""
        return self.random.random() * longest

    def note(self, name, *what):
        self.events.append((round(trio.current_time(), 6), name, *what))


async def sleeps(world, name, depth):
    await trio.sleep(world.moment(5))


async def passes(world, name, depth):
    await trio.lowlevel.checkpoint()


async def sends(world, name, depth):
    with trio.move_on_after(world.moment(8)) as scope:
        await world.send.send(name)
    world.note(name, "sent", not scope.cancelled_caught)


async def receives(world, name, depth):
    with trio.move_on_after(world.moment(8)) as scope:
        world.note(name, "received", await world.receive.receive())
    world.note(name, "gave up", scope.cancelled_caught)


async def locks(world, name, depth):
    async with world.lock:
        world.note(name, "has the lock")
        await trio.sleep(world.moment(2))


async def limits(world, name, depth):
    async with world.limiter:
        await acts(world, name, depth + 1)


async def waits(world, name, depth):
    with trio.move_on_after(world.moment(6)):
        await world.event.wait()


async def wakes(world, name, depth):
    world.event.set()
    world.event = trio.Event()


async def fails(world, name, depth):
    world.note(name, "fails")
    raise Boom(name)


async def nests(world, name, depth):
    try:
        async with trio.open_nursery() as nursery:
            for number in range(world.random.randint(1, 3)):
                child = f"{name}.{number}"
                nursery.start_soon(acts, world, child, depth + 1, name=child)
            if world.random.random() < 0.3:
                await trio.sleep(world.moment(4))
                nursery.cancel_scope.cancel()
    except* Boom as group:
        world.note(name, "caught", sorted(map(str, leaves(group))))
    except* trio.Cancelled:
        world.note(name, "cancelled")
        raise


async def shields(world, name, depth):
    try:
        with trio.move_on_after(world.moment(3)):
            await acts(world, name, depth + 1)
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(world.moment(2))
        world.note(name, "cleaned up")


async def streams(world, name, depth):
    """One sends through a channel without a buffer and closes it, two receive to its end."""
    send, receive = trio.open_memory_channel(0)

    async def consume(number):
        got = [each async for each in receive.clone()]
        world.note(f"{name}/{number}", "got", got)

    async with trio.open_nursery() as nursery:
        for number in range(2):
            nursery.start_soon(consume, number, name=f"{name}/{number}")
        async with send:
            for number in range(world.random.randint(0, 4)):
                await send.send(number)
                if world.random.random() < 0.2:
                    await acts(world, name, depth + 1)


async def starts(world, name, depth):
    """A service that is started, and ended with its nursery; sometimes it fails to start."""

    async def serve(task_status):
        await trio.sleep(world.moment(2))
        if world.random.random() < 0.2:
            raise Boom(f"{name}, before it has started")
        task_status.started(name)
        try:
            await acts(world, f"{name}!", depth + 1)
            await trio.sleep_forever()
        finally:
            world.note(f"{name}!", "serves no more")

    try:
        async with trio.open_nursery() as nursery:
            world.note(name, "started", await nursery.start(serve, name=f"{name}!"))
            await trio.sleep(world.moment(4))
            nursery.cancel_scope.cancel()
    except* Boom as group:
        world.note(name, "caught", sorted(map(str, leaves(group))))


async def hurries(world, name, depth):
    """A deadline that is set later, and moved."""
    with trio.CancelScope() as scope:
        scope.deadline = trio.current_time() + world.moment(6)
        await acts(world, name, depth + 1)
        scope.deadline -= world.moment(3)
        await trio.sleep(world.moment(3))
    world.note(name, "was late", scope.cancelled_caught)


async def tells(world, name, depth):
    async with world.condition:
        world.condition.notify(world.random.randint(1, 3))


async def listens(world, name, depth):
    with trio.move_on_after(world.moment(6)) as scope:
        async with world.condition:
            await world.condition.wait()
    world.note(name, "heard", not scope.cancelled_caught)


def leaves(group):
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            yield from leaves(each)
        else:
            yield each


DEEDS = [
    sleeps,
    passes,
    passes,
    sends,
    receives,
    locks,
    limits,
    waits,
    wakes,
    tells,
    listens,
    nests,
    nests,
    shields,
    streams,
    starts,
    hurries,
]


async def acts(world, name, depth=0):
    while world.left > 0 and world.random.random() < 0.9:
        world.left -= 1
        deed = world.random.choice(DEEDS if depth < 4 else DEEDS[:5])
        if depth and world.random.random() < 0.04:
            deed = fails
        world.note(name, deed.__name__)
        await deed(world, name, depth)
    world.note(name, "is done")


async def main(seed):
    world = World(seed)
    print("program", seed)
    try:
        while world.left > 0:
            with trio.fail_after(500 + world.moment(2)):
                await nests(world, "root", 0)
    finally:
        for event in world.events:
            print(*event)


class NumberedStatus(_run.CancelStatus):
    """Those of one scope are cancelled in the order of their hashes: not of addresses."""

    __slots__ = ("number",)
    numbers = itertools.count()

    def __hash__(self):
        if not hasattr(self, "number"):
            self.number = next(self.numbers)
        return self.number


if __name__ == "__main__":
    trio.lowlevel.Task.__hash__ = lambda task: task._counter
    _run.CancelStatus = NumberedStatus
    first, last = map(int, sys.argv[1:])
    for seed in range(first, last):
        _run._r.seed(seed)
        try:
            trio.run(main, seed, clock=trio.testing.MockClock(autojump_threshold=0))
        except BaseException as error:
            print("raised", type(error).__name__)
