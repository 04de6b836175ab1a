"""As many equal workers as the first argument says, all waiting for one channel."""

import sys

import trio
import trio.testing


async def worker(number, channel):
    rows = [number, str(number)]
    state = {"n": number, "name": f"worker {number}"}
    async with channel:
        async for item in channel:
            rows.append((item, state))


async def main(count):
    async with trio.open_nursery() as nursery:
        _send, receive = trio.open_memory_channel(0)
        for number in range(count):
            nursery.start_soon(worker, number, receive.clone())
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()  # @mark here


if __name__ == "__main__":
    trio.run(main, int(sys.argv[1]))
