"""A parent and two children: steps that start, cancel and wait, and times in which nothing runs."""

from __future__ import annotations

import trio


async def child(seconds: float) -> None:
    await trio.sleep(seconds)  # @mark sleep
    await trio.lowlevel.checkpoint()


async def quitter(scope: trio.CancelScope) -> None:
    await trio.sleep(0.2)
    scope.cancel()  # @mark cancel


async def main() -> None:
    async with trio.open_nursery() as nursery:  # @mark nursery
        nursery.start_soon(child, 0.05)
        nursery.start_soon(child, 0.05)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(quitter, nursery.cancel_scope)
        nursery.start_soon(trio.sleep_forever)
    await trio.sleep_forever()


trio.run(main)
