"""A parent that starts a child, which starts a grandchild; a sleep, an event, and a crash."""

import trio


async def grandchild(event: trio.Event) -> None:
    event.set()  # @mark set


async def child(event: trio.Event) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(grandchild, event)  # @mark spawn


async def waits(event: trio.Event) -> None:
    await event.wait()  # @mark wait
    await trio.lowlevel.checkpoint()
    raise ValueError("wrong")


async def main() -> None:
    event = trio.Event()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(waits, event)
            nursery.start_soon(child, event)
    except* ValueError:
        await trio.sleep(0.3)  # @mark sleep


if __name__ == "__main__":
    trio.run(main)
