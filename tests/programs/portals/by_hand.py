"""A portal that is made by hand, as SQLAlchemy makes its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import greenlet
import trio


class Portal(greenlet.greenlet):
    """A greenlet of a class of its own."""


def wait_for(awaitable: Awaitable[Any]) -> Any:
    parent = greenlet.getcurrent().parent
    assert parent is not None
    return parent.switch(awaitable)


async def in_greenlet(function: Callable[..., Any], *args: object) -> Any:
    inner = Portal(function)
    awaited = inner.switch(*args)
    while not inner.dead:
        value = await awaited
        awaited = inner.switch(value)
    return awaited


def work(event: trio.Event) -> str:
    first = "waited"
    wait_for(event.wait())  # @mark waits
    return first  # @mark returns


async def worker(event: trio.Event) -> None:
    unrelated = Portal(list)
    assert await in_greenlet(work, event) == "waited"
    assert not unrelated


async def main() -> None:
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker, event)
        await trio.sleep(0.2)
        event.set()  # @mark sets


if __name__ == "__main__":
    trio.run(main)
