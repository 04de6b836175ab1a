"""Classic shapes of concurrency bugs, each with a correct twin.

Owns: the functions, and `SHAPES`.  Does not own: what is asked about them.

Written after their published descriptions: lost update, account, two-stage, reorder and the like
are shapes of SCTBench (PPoPP 2014); dining philosophers are Dijkstra's; the others are what goes
wrong with Trio's own parts.  Each function takes `start`, which starts tasks in a burst or one
checkpoint apart, and `right`, whether it is the correct twin.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import trio

Start = Callable[..., Awaitable[None]]
checkpoint = trio.lowlevel.checkpoint


async def burst(*work: Callable[[], Awaitable[Any]]) -> None:
    """Start these at once, and wait for all."""
    async with trio.open_nursery() as nursery:
        for each in work:
            nursery.start_soon(each)


async def apart(*work: Callable[[], Awaitable[Any]]) -> None:
    """Start these one checkpoint after the other, and wait for all."""
    async with trio.open_nursery() as nursery:
        for each in work:
            nursery.start_soon(each)
            await checkpoint()


async def lost_update(start: Start, right: bool) -> None:
    """A value is read, and written back after a checkpoint."""
    count, lock = 0, trio.Lock()

    async def add() -> None:
        nonlocal count
        if right:
            await lock.acquire()
        seen = count
        await checkpoint()
        count = seen + 1
        if right:
            lock.release()

    await start(add, add)
    assert count == 2


async def account(start: Start, right: bool) -> None:
    """Whether there is enough is asked before the money is taken."""
    balance, lock = 100, trio.Lock()

    async def take() -> None:
        nonlocal balance
        if right:
            await lock.acquire()
        if balance >= 80:
            await checkpoint()
            balance -= 80
        if right:
            lock.release()

    await start(take, take)
    assert balance >= 0


async def lock_order(start: Start, right: bool) -> None:
    """Two locks are taken in two orders."""
    a, b = trio.Lock(), trio.Lock()

    async def take(one: trio.Lock, other: trio.Lock) -> None:
        async with one, other:
            await checkpoint()

    await start(lambda: take(a, b), lambda: take(a, b) if right else take(b, a))


async def stack(start: Start, right: bool) -> None:
    """Whether a stack has something is asked a checkpoint before it is popped."""
    items = [1]

    async def pop() -> None:
        if items:
            if not right:
                await checkpoint()
            items.pop()
        await checkpoint()

    await start(pop, pop)


async def two_stage(start: Start, right: bool) -> None:
    """Two values that belong together are written in two stages."""
    first = second = 0
    lock = trio.Lock()

    async def write() -> None:
        nonlocal first, second
        if right:
            await lock.acquire()
        first = 1
        await checkpoint()
        second = first + 1
        if right:
            lock.release()

    async def read() -> None:
        if right:
            await lock.acquire()
        seen = first
        await checkpoint()
        assert not seen or second == seen + 1
        if right:
            lock.release()

    await start(write, read)


def reorder(tasks: int) -> Callable[[Start, bool], Awaitable[None]]:
    """Several write two values in an order, and one checks that it never sees only the first."""

    async def run(start: Start, right: bool) -> None:
        a = b = 0

        async def write() -> None:
            nonlocal a, b
            if right:
                b = -1
                a = 1
                await checkpoint()
                return
            a = 1
            await checkpoint()
            b = -1

        async def check() -> None:
            await checkpoint()
            assert (a, b) in ((0, 0), (1, -1))

        await start(*[write] * (tasks - 1), check)

    return run


async def bounded_buffer(start: Start, right: bool) -> None:
    """A woken consumer does not ask again whether there is something."""
    items: list[int] = []
    condition = trio.Condition()

    async def put() -> None:
        async with condition:
            items.append(1)
            condition.notify()

    async def get() -> None:
        async with condition:
            while not items:
                await condition.wait()
                if not right:
                    break
            items.pop()

    await start(get, put, get, put)


async def event_swap(start: Start, right: bool) -> None:
    """An Event is set and replaced, so that who comes later waits for another one."""
    event, ready = trio.Event(), False

    async def wait() -> None:
        if right:
            while not ready:
                await event.wait()
            return
        await checkpoint()
        await event.wait()

    async def wake() -> None:
        nonlocal event, ready
        await checkpoint()
        ready = True
        event.set()
        event = trio.Event()

    await start(wait, wake)


def philosophers(seats: int) -> Callable[[Start, bool], Awaitable[None]]:
    """Each takes the fork on the left and then the one on the right."""

    async def run(start: Start, right: bool) -> None:
        forks = [trio.Lock() for _ in range(seats)]

        async def eat(seat: int) -> None:
            places = [seat, (seat + 1) % seats]
            if right:
                places.sort()
            async with forks[places[0]], forks[places[1]]:
                pass

        await start(*[lambda seat=seat: eat(seat) for seat in range(seats)])

    return run


async def clone_closed(start: Start, right: bool) -> None:
    """A channel is closed by one task while another one still sends to it."""
    send, receive = trio.open_memory_channel[int](5)

    async def produce(channel: trio.MemorySendChannel[int]) -> None:
        await checkpoint()
        await channel.send(1)
        await channel.aclose()

    ends = [send.clone(), send.clone()] if right else [send, send]
    await start(lambda: produce(ends[0]), lambda: produce(ends[1]))
    await receive.aclose()


async def cancelled_cleanup(start: Start, right: bool) -> None:
    """Clean-up that awaits is cut short where the scope is cancelled meanwhile."""
    closed = False
    scope = trio.CancelScope()

    async def work() -> None:
        nonlocal closed
        with scope:
            try:
                await checkpoint()
            finally:
                with trio.CancelScope(shield=right):
                    await checkpoint()
                    closed = True

    async def cancel() -> None:
        await checkpoint()
        scope.cancel()

    await start(work, cancel)
    assert closed


async def token_ring(start: Start, right: bool) -> None:
    """Three pass a value on in a ring, which is right in one order only."""
    values, ready = [1, 2, 1], [trio.Event() for _ in range(4)]
    ready[0].set()

    async def pass_on(place: int) -> None:
        await checkpoint()
        if right:
            await ready[place].wait()
        before = values[place - 1]
        values[place] = before if place else (before + 1) % 4
        ready[place + 1].set()

    await start(*[lambda place=place: pass_on(place) for place in range(3)])
    assert values == [2, 2, 2]


async def readers_writer(start: Start, right: bool) -> None:
    """A writer asks whether anybody reads a checkpoint before it begins."""
    readers, writing = 0, False

    async def read() -> None:
        nonlocal readers
        if writing:
            return
        readers += 1
        await checkpoint()
        assert not writing
        readers -= 1

    async def write() -> None:
        nonlocal writing
        if readers:
            return
        if not right:
            await checkpoint()
        writing = True
        await checkpoint()
        writing = False

    await start(read, write, read)


async def work_stealing(start: Start, right: bool) -> None:
    """A thief looks at the tail of a queue before it moves the head, not after that.

    The queue of Cilk-5 (PLDI 1998): its owner pushes and pops at the tail, a thief takes at the
    head and puts back what was too much; they meet over the last item.
    """
    head = tail = 0
    items: list[int] = []
    taken: list[int] = []
    lock = trio.Lock()

    async def push(item: int) -> None:
        nonlocal tail
        items[tail:] = [item]
        await checkpoint()
        tail += 1

    async def pop() -> None:
        nonlocal tail
        tail -= 1
        await checkpoint()
        if head <= tail:
            taken.append(items[tail])
            return
        tail += 1
        async with lock:
            if head < tail:
                tail -= 1
                taken.append(items[tail])

    async def steal() -> None:
        nonlocal head
        async with lock:
            if not right and head >= tail:
                return
            if not right:
                await checkpoint()
            head += 1
            await checkpoint()
            if not right or head <= tail:
                taken.append(items[head - 1])
            else:
                head -= 1

    async def own() -> None:
        for item in range(4):
            await push(item)
            if item % 2:
                await pop()
        await pop()
        await pop()

    async def rob() -> None:
        for _ in range(2):
            await steal()

    await start(own, rob, rob)
    assert len(set(taken)) == len(taken), taken


async def semaphore_barging(start: Start, right: bool) -> None:
    """A task asks for the value of a semaphore, and another one takes it before the first does."""
    semaphore = trio.Semaphore(1)

    async def take() -> None:
        if semaphore.value:
            if not right:
                await checkpoint()
            semaphore.acquire_nowait()
            await checkpoint()
            semaphore.release()

    await start(take, take)


async def start_crash(start: Start, right: bool) -> None:
    """A task is started in the nursery of another task, which may have been left by then."""
    nurseries: list[trio.Nursery] = []
    opened, used = trio.Event(), trio.Event()

    async def own() -> None:
        async with trio.open_nursery() as nursery:
            nurseries.append(nursery)
            opened.set()
            for _ in range(4):
                await checkpoint()
            if right:
                await used.wait()

    async def serve(task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()

    async def use() -> None:
        await opened.wait()
        await nurseries[0].start(serve)
        used.set()

    await start(own, use)


async def timeout_loses_item(start: Start, right: bool) -> None:
    """An item is received in time, and lost at a checkpoint after that, when the time is over.

    Needs a step that is 0.2 s late.
    """
    send, receive = trio.open_memory_channel[int](1)
    got: list[int] = []

    async def get() -> None:
        with trio.move_on_after(1):
            item = await receive.receive()
            if right:
                got.append(item)
            await checkpoint()
            if not right:
                got.append(item)

    async def put() -> None:
        await trio.sleep(0.8)
        await send.send(1)

    await start(get, put)
    assert got or receive.statistics().current_buffer_used


SHAPES: dict[str, Callable[[Start, bool], Awaitable[None]]] = {
    "lost update": lost_update,
    "account": account,
    "lock order": lock_order,
    "stack": stack,
    "two-stage": two_stage,
    "reorder 3": reorder(3),
    "reorder 5": reorder(5),
    "reorder 10": reorder(10),
    "reorder 20": reorder(20),
    "work-stealing queue": work_stealing,
    "bounded buffer": bounded_buffer,
    "event swap": event_swap,
    "philosophers 3": philosophers(3),
    "philosophers 5": philosophers(5),
    "philosophers 7": philosophers(7),
    "token ring": token_ring,
    "readers and writer": readers_writer,
    "semaphore barging": semaphore_barging,
    "start crash": start_crash,
    "clone closed": clone_closed,
    "cancelled clean-up": cancelled_cleanup,
}
"""Each is called with how tasks are started, and whether it is the correct twin."""
