"""The end of a nursery block waits for children."""

import trio


async def child() -> None:
    for _ in range(3):  # @mark for
        await trio.lowlevel.checkpoint()  # @mark child


async def body() -> int:
    async with trio.open_nursery() as nursery:  # @mark open
        nursery.start_soon(child)  # @mark first-spawn
        nursery.start_soon(child)  # @mark spawn
    return 1  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
