"""Two runs, one after the other; the second uses what the first returned."""

import trio


async def first():
    await trio.lowlevel.checkpoint()  # @mark first
    return 20


async def second(number):
    await trio.lowlevel.checkpoint()  # @mark second
    return number + 1


if __name__ == "__main__":
    result = trio.run(first)
    print(trio.run(second, result))
