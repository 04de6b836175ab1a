"""Nurseries in nurseries: main > branch > leaf, and a leaf on its way in through `start`."""

import trio


async def leaf(name):
    await trio.sleep(1)  # @mark leaf
    print(f"leaf {name}")


async def late(task_status):
    await trio.sleep(2)  # @mark starting
    task_status.started("late")  # @mark started
    await trio.sleep(1)


async def starter(task_status):
    await late(task_status)


async def branch(name):
    async with trio.open_nursery() as twigs:  # @mark branch
        twigs.start_soon(leaf, f"{name}.1", name=f"leaf {name}.1")
        twigs.start_soon(leaf, f"{name}.2", name=f"leaf {name}.2")


async def main():
    async with trio.open_nursery() as outer:  # @mark outer
        async with trio.open_nursery() as inner:  # @mark inner
            outer.start_soon(branch, "a", name="branch a")
            inner.start_soon(branch, "b", name="branch b")
            print(await outer.start(starter))  # @mark start
        print("inner is closed")  # @mark between


if __name__ == "__main__":
    trio.run(main)
