"""A coroutine that awaits itself, and another one on its way."""

import trio


async def down(depth: int) -> int:
    await trio.lowlevel.checkpoint()  # @mark begins
    if depth == 0:
        return 0  # @mark bottom
    below = await down(depth - 1)  # @mark here
    return below + 1  # @mark after


async def body() -> int:
    return await down(2)  # @mark outer


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
