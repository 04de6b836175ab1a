"""A task that fails in a call, after a stop of its own; another one waits meanwhile."""

from __future__ import annotations

import trio


def divide(number: int) -> float:
    rest = number - 1  # @mark rest
    return 1 / rest  # @mark divides


async def waits() -> None:
    before = 1  # @mark before
    await trio.sleep(1)  # @mark waits
    print(before)


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        await trio.sleep(0)
        await trio.sleep(0)
        breakpoint()  # @mark pause
        for number in (3, 2, 1):  # @mark loop
            divide(number)  # @mark calls


trio.run(main)
