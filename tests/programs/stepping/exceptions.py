"""Exceptions that arrive at an await, are caught, pass through, or come as a group."""

import trio


async def fails() -> None:
    await trio.lowlevel.checkpoint()  # @mark begins
    raise ValueError("no")  # @mark raises


async def passes() -> None:
    try:  # @mark passes-try
        await fails()  # @mark passes
    finally:
        print("passing")  # @mark finally


async def in_group() -> None:
    async with trio.open_nursery() as nursery:  # @mark open
        nursery.start_soon(fails)  # @mark spawn


async def body() -> int:
    try:
        await passes()  # @mark here
    except ValueError:  # @mark handler
        print("caught")  # @mark caught
    try:
        await in_group()  # @mark group
    except* ValueError:  # @mark group-handler
        print("caught")  # @mark group-caught
    return 1  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
