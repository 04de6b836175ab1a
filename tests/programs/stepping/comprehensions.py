"""Comprehensions of all kinds, also over several lines."""

from collections.abc import AsyncIterator

import trio


async def numbers() -> AsyncIterator[int]:
    await trio.lowlevel.checkpoint()  # @mark numbers
    yield 3


def square(number: int) -> int:
    return number * number  # @mark square


async def twice(number: int) -> int:
    await trio.lowlevel.checkpoint()  # @mark twice
    return 2 * number


async def body() -> int:
    plain = [number + 1 for number in range(3)]  # @mark plain
    calls = {square(number) for number in range(3)}  # @mark calls
    from_async = [number async for number in numbers()]  # @mark async
    awaits = [await twice(number) for number in range(3)]  # @mark awaits
    lines = {
        number: number  # @mark several
        for number in range(3)
        if number
    }
    total = sum(number for number in plain)  # @mark expression
    return len(plain) + len(calls) + len(from_async) + len(awaits) + len(lines) + total  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
