"""Many tasks that wait in a few ways."""

import trio


async def inner(event):
    await event.wait()  # @mark inner


async def worker(event, left):
    if left:
        await inner(event)  # @mark left
    else:
        await inner(event)  # @mark right


async def iterates(receiving):
    async for item in receiving:
        print(item)


async def main():
    event = trio.Event()
    sending, receiving = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        for number in range(30):
            nursery.start_soon(worker, event, number % 2)
        for _ in range(3):
            nursery.start_soon(iterates, receiving.clone())
        await trio.sleep(0)
        await trio.sleep(0)
        sending.close()  # @mark stop
        event.set()


trio.run(main)
