"""Tasks that wait for Events of their own, which nobody sets, in the nursery of one of two tasks."""

import sys

import trio
import trio.testing


class Job:
    """Something with much in it."""

    def __init__(self, size):
        self.rows = [{"number": number, "tags": [number]} for number in range(size)]
        self.done = trio.Event()


async def work(job):
    await job.done.wait()


async def group(count, size):
    async with trio.open_nursery() as inner:
        for _ in range(count):
            inner.start_soon(work, Job(size))


async def tick(event):
    await event.wait()
    await trio.sleep(60)


async def main():
    ticking = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(group, int(sys.argv[1]), int(sys.argv[2]))
        if "ticks" in sys.argv:
            ticking.set()
            nursery.start_soon(tick, ticking)
            await trio.testing.wait_all_tasks_blocked()
            here()
            nursery.cancel_scope.cancel()


def here():
    """Where to look."""


trio.run(main)
