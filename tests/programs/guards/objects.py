"""Opens a channel, sets an event, takes a lock and leaves it, forgets a coroutine and a generator."""

import trio
import trio.testing


async def forgotten() -> None:
    pass


async def numbers():
    yield 1
    yield 2


async def leaves_it(lock: trio.Lock) -> None:
    await lock.acquire()


async def main() -> None:
    send, receive = trio.open_memory_channel[int](1)
    lock = trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(leaves_it, lock)
    trio.Event().set()
    await send.send(1)
    print("received", await receive.receive())
    async for _ in numbers():
        break
    await trio.testing.wait_all_tasks_blocked()  # the generator is ended by then
    forgotten()  # @mark forgotten


trio.run(main)
