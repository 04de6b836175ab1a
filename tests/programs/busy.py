"""A task that takes step after step until its limit, and one that waits beside it."""

import trio

LIMIT = 1_000_000


async def worker():
    for _ in range(LIMIT):
        await trio.lowlevel.checkpoint()  # @mark busy


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker)
        nursery.start_soon(trio.sleep_forever)
        print("busy", flush=True)


if __name__ == "__main__":
    trio.run(main)
