"""Variables of every kind, in frames of suspended tasks and of the task that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import trio
import trio.testing

counted = 0


async def gate(event: trio.Event) -> int:
    await event.wait()
    return 1


async def outer(event: trio.Event, seen: list[object]) -> None:
    fast = "fast"
    cell = "cell"

    async def inner() -> None:
        own = "own"
        await gate(event)  # @mark inner
        seen.extend((own, cell))

    await inner()  # @mark outer
    seen.extend((fast, cell, counted))


async def numbers(event: trio.Event) -> AsyncIterator[int]:
    step = 1
    await gate(event)
    yield step
    yield step + 1


async def comprehends(event: trio.Event, seen: list[object]) -> None:
    factor = 1
    generated = (factor * number async for number in numbers(event))
    seen.append([value async for value in generated])


async def listens(event: trio.Event, seen: list[object]) -> None:
    factor = 1
    seen.append([await gate(event) * number * factor for number in (1, 2)])


def look() -> None:
    return  # @mark look


async def main() -> None:
    event = trio.Event()
    first: list[object] = []
    second: list[object] = []
    third: list[object] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(outer, event, first)
        nursery.start_soon(comprehends, event, second)
        nursery.start_soon(listens, event, third)
        await trio.testing.wait_all_tasks_blocked()

        class Made:
            value = 1
            look()
            value += 1

        event.set()
    print(first, second, third, Made.value)


if __name__ == "__main__":
    trio.run(main)
