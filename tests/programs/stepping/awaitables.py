"""Awaits of objects that are no coroutines: with `__await__` of three kinds, and Trio's own."""

from collections.abc import Generator
from typing import Any

import trio


class ByGenerator:
    def __await__(self) -> Generator[Any, Any, int]:
        yield from trio.lowlevel.checkpoint().__await__()  # @mark generator
        return 1  # @mark generator-last


class ByCoroutine:
    def __await__(self) -> Generator[Any, Any, int]:
        return self.finish().__await__()  # @mark delegate

    async def finish(self) -> int:
        await trio.lowlevel.checkpoint()  # @mark finish
        return 2


class Ready:
    def __await__(self) -> Generator[Any, Any, int]:
        return iter(())  # @mark ready


async def set_soon(event: trio.Event) -> None:
    await trio.lowlevel.checkpoint()
    event.set()


async def body() -> int:
    one = await ByGenerator()  # @mark one
    two = await ByCoroutine()  # @mark two
    none = await Ready()  # @mark none
    event = trio.Event()  # @mark make
    async with trio.open_nursery() as nursery:
        nursery.start_soon(set_soon, event)
        await event.wait()  # @mark wait
        print(none)  # @mark woken
    return one + two  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)
