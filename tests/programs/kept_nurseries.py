"""Nurseries one after the other and in one another; a child spawns in its parent's nursery."""

import trio


async def child(done):
    await done.wait()


async def spawner(nursery, done):
    nursery.start_soon(child, done)
    await done.wait()


async def one_by_one():
    done = trio.Event()
    async with trio.open_nursery() as first:  # @first
        first.start_soon(child, done)
        await trio.lowlevel.checkpoint()
        done.set()
    done = trio.Event()
    async with trio.open_nursery() as second:  # @second
        second.start_soon(child, done)
        await trio.lowlevel.checkpoint()
        done.set()


async def in_one_another():
    done = trio.Event()
    with trio.fail_after(9):  # @timeout
        async with trio.open_nursery() as outer, trio.open_nursery() as inner:  # @both
            outer.start_soon(spawner, inner, done)
            await trio.testing.wait_all_tasks_blocked()
            done.set()


if __name__ == "__main__":
    import trio.testing

    async def main():
        await one_by_one()
        await in_one_another()

    trio.run(main)
