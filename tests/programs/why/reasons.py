"""A task fails with a message that is nobody's business; its sibling and a stranger clean up."""

import trio


def message():
    return " ".join(("most", "confidential"))


async def fails():
    await trio.sleep(0.01)
    raise ValueError(message())


async def cleans_up(seen):
    try:
        await trio.sleep(50)
    finally:
        with trio.CancelScope(shield=True):
            await seen.wait()


async def told(scope, seen):
    with scope:
        await cleans_up(seen)


def look():
    return "look"  # @mark look


async def looks(seen):
    with trio.CancelScope(shield=True):
        await trio.sleep(0.05)
        look()
        seen.set()


async def main():
    scope, seen = trio.CancelScope(), trio.Event()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails)
            nursery.start_soon(cleans_up, seen)
            nursery.start_soon(looks, seen)
            nursery.start_soon(told, scope, seen)
            await trio.lowlevel.checkpoint()
            scope.cancel(reason=message())
    except* ValueError:
        pass


if __name__ == "__main__":
    trio.run(main)
