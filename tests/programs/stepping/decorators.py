"""Decorated functions."""

import functools
from collections.abc import Awaitable, Callable

import trio


def logged(function: Callable[[int], int]) -> Callable[[int], int]:
    @functools.wraps(function)  # @mark decorating
    def wrapper(number: int) -> int:
        result = function(number)  # @mark wrapper
        return result  # @mark wrapper-last

    return wrapper


def awaited(function: Callable[[int], Awaitable[int]]) -> Callable[[int], Awaitable[int]]:
    async def wrapper(number: int) -> int:
        return await function(number)  # @mark async-wrapper

    return wrapper


@logged
def double(number: int) -> int:
    return number * 2  # @mark double


@awaited
async def triple(number: int) -> int:
    await trio.lowlevel.checkpoint()  # @mark triple
    return number * 3


@functools.lru_cache
def cached(number: int) -> int:
    return number + 1  # @mark cached


async def body() -> int:
    twice = double(1)  # @mark sync
    thrice = await triple(1)  # @mark async
    more = cached(1)  # @mark by-c
    return twice + thrice + more  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
