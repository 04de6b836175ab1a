"""The outermost frames of tasks: a value, an exception, a child."""

import trio


async def child() -> str:
    await trio.lowlevel.checkpoint()  # @mark child
    return "child's"  # @mark child-last


async def fails() -> None:
    await trio.lowlevel.checkpoint()  # @mark fails
    raise KeyError("lost")  # @mark raises


async def main() -> str:
    try:
        async with trio.open_nursery() as nursery:  # @mark open
            nursery.start_soon(child)
            nursery.start_soon(fails)
    except* KeyError:
        print("caught")
    return "main's"  # @mark last


if __name__ == "__main__":
    trio.run(main)  # @mark run
    print("over")  # @mark over
