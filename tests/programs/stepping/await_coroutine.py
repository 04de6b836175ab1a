"""A coroutine awaits another one, which suspends."""

import trio


async def answer() -> int:
    value = 40  # @mark inside
    await trio.lowlevel.checkpoint()  # @mark suspends
    return value + 2  # @mark last


async def body() -> int:
    got = await answer()  # @mark here
    return got  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
