"""A thread limiter whose tokens are used up, by threads of tasks and by others."""

import threading

import trio
import trio.testing

go = threading.Event()

LONGEST = 5.0
"""Seconds after which the threads end even if the program is given up."""


async def threaded(limiter, abandon=False):
    await trio.to_thread.run_sync(go.wait, LONGEST, limiter=limiter, abandon_on_cancel=abandon)


async def abandons(limiter):
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(threaded, limiter, True)
            await trio.testing.wait_all_tasks_blocked()
            scope.cancel()


async def called_back(limiter):
    async def in_task():
        await trio.sleep_forever()

    def in_thread():
        trio.from_thread.run(in_task)

    await trio.to_thread.run_sync(in_thread, limiter=limiter)


async def borrows(limiter):
    async with limiter:
        await trio.sleep_forever()


async def waits(limiter):
    async with limiter:  # @mark waits
        pass


async def has_token(limiter, lock):
    async with limiter:
        await trio.testing.wait_all_tasks_blocked()
        async with lock:  # @mark has_token
            pass


async def has_lock(limiter, lock):
    async with lock:
        await trio.testing.wait_all_tasks_blocked(0.001)
        async with limiter:  # @mark has_lock
            pass


def look():
    return "look"


async def main():
    one, two, four = trio.CapacityLimiter(1), trio.CapacityLimiter(2), trio.CapacityLimiter(4)
    async with trio.open_nursery() as nursery:
        start = nursery.start_soon
        start(threaded, one, name="first")
        start(called_back, two, name="back")
        start(borrows, four, name="borrower")
        start(threaded, four, name="left")
        start(threaded, four, name="right")
        start(abandons, two)
        four.acquire_on_behalf_of_nowait("somebody")
        await trio.testing.wait_all_tasks_blocked()
        beside, lock = trio.CapacityLimiter(2), trio.Lock()
        beside.acquire_on_behalf_of_nowait("somebody")
        start(has_token, beside, lock)
        start(has_lock, beside, lock)
        start(threaded, one, name="of_one")
        start(waits, two, name="of_two")
        start(waits, four, name="of_four")
        await trio.testing.wait_all_tasks_blocked(0.002)
        look()
        nursery.cancel_scope.cancel()
        go.set()


if __name__ == "__main__":
    trio.run(main)
