"""A failure that nobody catches comes out of the main task in a group."""

import trio


async def fails() -> None:
    await trio.lowlevel.checkpoint()
    raise KeyError("lost")


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fails)


if __name__ == "__main__":
    trio.run(main)
