"""Tasks that start tasks that start tasks, of which the innermost fails."""

import trio


async def leaf():
    await trio.sleep(0)
    raise OSError("leaf")  # @mark fails


async def middle():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(leaf)  # @mark leaf


async def ends(nursery):
    nursery.start_soon(orphan)  # @mark orphan


async def orphan():
    await trio.sleep_forever()


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ends, nursery)  # @mark ends
        await trio.sleep(0)
        await trio.sleep(0)
        try:
            async with trio.open_nursery() as inner:
                inner.start_soon(middle)  # @mark middle
        except* OSError as group:
            raise RuntimeError("over") from group  # @mark over


trio.run(main)
