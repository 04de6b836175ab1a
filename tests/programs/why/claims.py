"""Tasks that wait, and what may be claimed of them: the first argument says which.

`here` is called while the others wait.
"""

import contextlib
import functools
import sys
import threading

import anyio
import trio
import trio.testing


def here():
    pass


async def look():
    """Call `here` when all tasks wait, and let them go on with what waits for that."""
    for _ in range(2):  # tasks that do so themselves are to wait for something else then
        await trio.testing.wait_all_tasks_blocked()
    here()
    looked.set()


looked = trio.Event()


class World:
    """Keeps what tasks wait for where a search through variables does not come."""

    def __init__(self):
        self.channels = {"a": trio.open_memory_channel(0)}
        self.events = {"one": trio.Event(), "two": trio.Event()}
        self.deep = [{"events": [self.events]}]


# What is not a deadlock


async def kept_deep():
    """The only end that is found in variables is the waiter's own."""

    async def waiter(world):
        send, receive = world.channels["a"]
        await receive.receive()  # @mark deep
        assert send

    async def sender(world):
        await looked.wait()
        await world.channels["a"][0].send("hello")

    world = World()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter, world)
        nursery.start_soon(sender, world)
        await look()


async def a_third_sets():
    """Two tasks wait for each other's event; a third one has them deeper down."""

    async def turn(mine, other):
        await mine.wait()
        other.set()

    async def third(deep):
        await looked.wait()
        for each in deep[0]["events"]:
            each["one"].set()

    async def begin(nursery):
        world = World()
        one, two = world.events["one"], world.events["two"]
        nursery.start_soon(turn, one, two)
        nursery.start_soon(turn, two, one)
        nursery.start_soon(third, world.deep)

    async with trio.open_nursery() as nursery:
        await begin(nursery)
        await look()


async def own_end_and_a_deadline():
    """It holds both ends, and gives up."""

    async def waiter(send, receive):
        with trio.move_on_after(60):
            await receive.receive()  # @mark both
        assert send

    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter, *trio.open_memory_channel(0))
        await look()
        nursery.cancel_scope.cancel()


# Locks taken in opposite order


async def hold(first, second):
    async with first:
        await trio.testing.wait_all_tasks_blocked()
        await second.acquire()


async def locks_with_a_deadline():
    """One of the two gives up."""

    async def give_up(first, second):
        with trio.move_on_after(60):
            await hold(first, second)

    left, right = trio.Lock(), trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(give_up, left, right)
        nursery.start_soon(hold, right, left)
        await look()
        nursery.cancel_scope.cancel()


async def locks_and_a_stopper():
    """A sibling ends it all."""

    async def stopper(scope):
        trio.CancelScope().cancel()
        await looked.wait()
        scope.cancel()  # @mark stops

    left, right = trio.Lock(), trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold, left, right)
        nursery.start_soon(hold, right, left)
        nursery.start_soon(stopper, nursery.cancel_scope)
        await look()


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
        await look()


# Tasks that are stuck beside others that go on


async def waits_for_ever(event):
    await event.wait()  # @mark stuck


async def polls():
    while True:
        await trio.sleep(0.01)


async def ticks(unread):
    while True:
        await trio.sleep(0.01)


async def reads_later(event):
    while not event.is_set():
        await trio.sleep(0.01)


def takes_a_token(event):
    tokens.append(trio.lowlevel.current_trio_token())


tokens = []


async def accepts():
    await trio.serve_tcp(polls, 0, host="127.0.0.1")


async def waits_for_a_thread():
    ends = threading.Event()
    try:
        await trio.to_thread.run_sync(ends.wait, abandon_on_cancel=True)
    finally:
        ends.set()


async def wraps_up(nursery, *beside):
    """Begin tasks that only have an Event that nobody will set."""
    event = trio.Event()
    nursery.start_soon(waits_for_ever, event)
    for each in beside:
        if each in (ticks, reads_later):
            nursery.start_soon(each, event)
        elif each is takes_a_token:
            each(event)
        else:
            nursery.start_soon(each)


async def beside(*others):
    async with trio.open_nursery() as nursery:
        await wraps_up(nursery, *others)
        await look()
        nursery.cancel_scope.cancel()  # @mark ends


beside_a_poller = functools.partial(beside, polls)
beside_a_dead_variable = functools.partial(beside, ticks)
beside_a_token = functools.partial(beside, takes_a_token)
beside_a_server = functools.partial(beside, accepts)
beside_a_thread = functools.partial(beside, waits_for_a_thread)
beside_a_reader = functools.partial(beside, reads_later)


async def beside_what_was_noted():
    """A semaphore that was released once, and a channel of which an end was closed."""

    async def waits(semaphore, receive):
        semaphore.release()
        for _ in range(2):
            await semaphore.acquire()
        await receive.receive()

    async def start(nursery):
        send, receive = trio.open_memory_channel(0)
        send.clone().close()
        nursery.start_soon(waits, trio.Semaphore(0), receive)

    async with trio.open_nursery() as nursery:
        await start(nursery)
        await look()
        nursery.cancel_scope.cancel()


async def a_token_is_left():
    """Everything is stuck, but somebody has the token of the run."""
    tokens.append(trio.lowlevel.current_trio_token())
    async with trio.open_nursery() as nursery:
        await wraps_up(nursery)


async def nobody_receives():
    """Workers send what nobody takes any more, beside one who goes on."""

    async def sends(send, receive):
        for item in range(3):
            await send.send(item)  # @mark sends

    async def start(nursery):
        send, receive = trio.open_memory_channel(1)
        for _ in range(3):
            nursery.start_soon(sends, send, receive)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(polls)
        await start(nursery)
        await look()
        nursery.cancel_scope.cancel()


# Other things than an Event that a third task ends


async def later(work):
    await looked.wait()
    work()


async def another_sends():
    send, receive = trio.open_memory_channel(0)
    return receive.receive(), lambda: send.send_nowait(1)


async def another_has_a_clone():
    send, receive = trio.open_memory_channel(0)
    with send:
        clone = send.clone()
    return refused(receive.receive()), clone.close


async def another_closes_this_end():
    send, receive = trio.open_memory_channel(0)
    return refused(receive.receive(), send), receive.close


async def refused(waits, *ends):
    with contextlib.suppress(trio.ClosedResourceError, trio.EndOfChannel):
        await waits
    for each in ends:
        each.close()


async def another_receives():
    send, receive = trio.open_memory_channel(0)
    return send.send(1), receive.receive_nowait


async def another_releases():
    semaphore = trio.Semaphore(0)
    return semaphore.acquire(), semaphore.release


async def another_notifies():
    condition = trio.Condition()

    async def waits(condition):
        async with condition:
            await condition.wait()

    def notify():
        condition.acquire_nowait()
        condition.notify()
        condition.release()

    return waits(condition), notify


async def started_by_another():
    given = []

    async def waits(given):
        async with trio.open_nursery() as nursery:
            await nursery.start(starts_and_is_stuck, given)
            nursery.cancel_scope.cancel()

    async def starts_and_is_stuck(given, task_status):
        given.append(task_status)
        await trio.Event().wait()

    return waits(given), lambda: given[0].started()


async def another_sends_into_a_stream():
    send, receive = anyio.create_memory_object_stream(0)

    async def waits(receive):
        with receive:
            await receive.receive()

    def sends():
        with send:
            send.send_nowait(1)

    return waits(receive), sends


async def another_borrows():
    limiter = trio.CapacityLimiter(1)
    limiter.acquire_on_behalf_of_nowait("somebody")
    return limiter.acquire_on_behalf_of("me"), lambda: limiter.release_on_behalf_of("somebody")


async def third(which):
    async def begin(nursery):
        waits, ends = await globals()[which]()
        nursery.start_soon(awaits, waits)
        nursery.start_soon(later, ends)

    async def awaits(coroutine):
        await coroutine

    async with trio.open_nursery() as nursery:
        await begin(nursery)
        await look()


async def main():
    which = sys.argv[1]
    if "another" in which:
        await third(which)
        return
    await globals()[sys.argv[1]]()


if __name__ == "__main__":
    trio.run(main)
