"""Five hundred tasks that sleep, each for another time, and forty that look after two tasks each."""

import math

import trio
import trio.testing


async def sleeper(seconds):
    await trio.sleep(seconds)  # @mark sleep


async def waiter(event):
    await event.wait()


async def connection(number, limit):
    async with trio.open_nursery() as nursery:  # @mark pair
        nursery.start_soon(sleeper, 2_000 + number)
        nursery.start_soon(waiter, trio.Event())
        with trio.move_on_after(limit):
            await trio.sleep_forever()  # @mark connection


async def main():
    async with trio.open_nursery() as nursery:
        for number in range(500):
            nursery.start_soon(sleeper, 1_000 + number)
        for number in range(40):
            nursery.start_soon(connection, number, 4_000 if number == 39 else math.inf)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()  # @mark stop


if __name__ == "__main__":
    trio.run(main)
