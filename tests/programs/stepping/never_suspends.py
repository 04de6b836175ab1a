"""Tasks that never suspend, in one function."""

import trio


def work(number: int) -> int:
    return number + 1  # @mark work


async def busy(number: int) -> None:
    total = 0  # @mark begins
    for step in range(2):  # @mark loop
        total += work(step)  # @mark here
    print(number, total)  # @mark last


async def body() -> int:
    async with trio.open_nursery() as nursery:  # @mark open
        for number in range(3):
            nursery.start_soon(busy, number)
    return 1  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
