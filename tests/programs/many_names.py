"""Five workers of the same name, and one task of another."""

import trio


async def worker(number):
    for turn in range(3):
        await trio.lowlevel.checkpoint()  # @mark work
        del turn
    print(f"worker {number} is done")


async def supervisor():
    await trio.sleep(1)  # @mark supervise


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervisor)
        for number in range(1, 6):
            nursery.start_soon(worker, number)  # @mark spawn


if __name__ == "__main__":
    trio.run(main)
