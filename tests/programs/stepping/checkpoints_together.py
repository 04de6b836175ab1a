"""Three tasks that are runnable all the time."""

import trio

turns = []


async def worker(number: int) -> None:
    for turn in range(20):
        turns.append(number)
        await trio.lowlevel.checkpoint()  # @mark step


async def main() -> None:
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(worker, number)


if __name__ == "__main__":
    trio.run(main)
