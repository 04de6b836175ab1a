"""Ten tasks of one function, all asleep most of the time, and a sibling that finishes."""

import trio


async def sibling() -> None:
    await trio.sleep(0.01)
    print("sibling is over")  # @mark sibling


async def worker(number: int) -> None:
    for turn in range(60):  # @mark loop
        await trio.sleep(0.01)  # @mark sleeps
        print(end="")  # @mark awake


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sibling)
        for number in range(10):
            nursery.start_soon(worker, number)
        await trio.sleep(0.1)  # @mark main-sleeps
        print("main goes on")  # @mark main-awake


if __name__ == "__main__":
    trio.run(main)
