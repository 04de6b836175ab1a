"""Generators, one of which delegates."""

from collections.abc import Iterator

import trio


def inner() -> Iterator[int]:
    yield 1  # @mark inner
    print("inner is over")  # @mark inner-last


def outer() -> Iterator[int]:
    yield from inner()  # @mark delegates
    yield 2  # @mark second


async def body() -> int:
    total = 0
    for number in outer():  # @mark loop
        total += number  # @mark inside
    return total  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
