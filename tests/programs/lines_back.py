"""A task whose lines come from many constructs, beside another task that steps as well."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import trio


async def other() -> None:
    for _ in range(20):
        await trio.sleep(0)


async def callee(number: int) -> int:
    local = number  # @mark callee
    await trio.sleep(0)
    return local + 1  # @mark callee end


def plain(number: int) -> int:
    doubled = number * 2
    return doubled


def numbers() -> Iterator[int]:
    yield 1
    yield 2


async def slow_numbers() -> AsyncIterator[int]:
    for number in numbers():
        await trio.sleep(0)
        yield number


@asynccontextmanager
async def around() -> AsyncIterator[int]:
    await trio.sleep(0)
    yield 1
    await trio.sleep(0)


async def main() -> None:
    total = 0  # @mark first
    async with trio.open_nursery() as nursery:
        nursery.start_soon(other)
        for number in range(2):
            total += await callee(number)  # @mark calls
        async for number in slow_numbers():
            total += number
        async with around() as one:
            total += one
        try:
            total += sum(plain(each) for each in numbers())
            raise ValueError(total)
        except ValueError as error:
            total = error.args[0]
        finally:
            total += len([each for each in numbers() if each > 1])
        with trio.move_on_after(0.001):
            await trio.sleep_forever()
        while total > 10:
            total -= 5
            if total < 12:
                break
        match total:
            case int():
                total += 1
            case _:
                total = 0
        for _ in range(3):
            total += 1
    total += 1  # @mark last


trio.run(main)
