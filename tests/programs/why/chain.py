"""A chain of waits that stays as it is while `main` comes round again and again."""

import trio


async def waiter(lock):
    await trio.lowlevel.checkpoint()
    await lock.acquire()  # @mark waiter


async def owner(lock, inbox):
    async with lock:
        await inbox.receive()  # @mark owner


async def keeper(outbox):
    async with outbox:
        await trio.sleep_forever()  # @mark keeper


def look():
    return "look"  # @mark look


async def main():
    lock = trio.Lock()
    outbox, inbox = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(owner, lock, inbox)
        nursery.start_soon(waiter, lock)
        nursery.start_soon(keeper, outbox)
        del outbox
        while True:
            await trio.sleep(0.01)  # @mark again
            look()


if __name__ == "__main__":
    trio.run(main)
