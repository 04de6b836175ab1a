"""What a recording tells: spawns, waits of several kinds, deadlines, a failure at the end."""

import trio


async def pong(receive):
    async for _ in receive:  # @receive
        pass


async def sleeper():
    with trio.move_on_after(0.05):
        await trio.sleep(5)  # @sleep


async def holder(lock, done):
    async with lock:
        await done.wait()  # @wait


async def wants(lock):
    async with lock:  # @lock
        pass


async def main():
    send, receive = trio.open_memory_channel(1)
    lock, done = trio.Lock(), trio.Event()
    async with trio.open_nursery() as nursery:  # @nursery
        nursery.start_soon(holder, lock, done)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(wants, lock)
        nursery.start_soon(pong, receive)
        for _ in range(3):
            nursery.start_soon(sleeper)  # @spawn
        async with send:
            for item in range(5):
                await send.send(item)  # @send
        await trio.testing.wait_all_tasks_blocked()
        done.set()  # @set
    await trio.lowlevel.checkpoint()


if __name__ == "__main__":
    import trio.testing

    trio.run(main)
