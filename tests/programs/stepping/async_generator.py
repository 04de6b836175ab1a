"""An async generator and its consumer."""

from collections.abc import AsyncIterator

import trio


async def numbers() -> AsyncIterator[int]:
    await trio.lowlevel.checkpoint()  # @mark begins
    yield 1  # @mark first
    await trio.lowlevel.checkpoint()  # @mark between
    yield 2  # @mark second
    print("over")  # @mark last


async def body() -> int:
    seen = 0
    async for number in numbers():  # @mark loop
        seen += number  # @mark inside
    return seen  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
