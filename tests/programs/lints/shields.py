"""Shielded scopes that keep a cancelled nursery open, and others."""

import sys

import trio


async def for_ever():
    with trio.CancelScope(shield=True) as scope:  # @mark for_ever
        SCOPES.append(scope)
        await trio.sleep_forever()


async def for_long():
    with trio.CancelScope(shield=True) as scope:  # @mark for_long
        SCOPES.append(scope)
        await RELEASE.wait()


async def with_a_deadline():
    with trio.move_on_after(30, shield=True) as scope:
        SCOPES.append(scope)
        await trio.sleep_forever()


async def short():
    """Clean-up that takes its time, and ends."""
    try:
        await trio.sleep_forever()
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(0.5)


async def not_shielded():
    with trio.CancelScope() as scope:
        SCOPES.append(scope)
        await trio.sleep_forever()


async def parent(child):
    """Cancel a nursery with a child in it."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(parent, globals()[sys.argv[1]])
        await trio.testing.wait_all_tasks_blocked()
        await trio.sleep(0.1)
        here()
        await trio.sleep(2)
        here()
        for scope in SCOPES:
            scope.cancel()


def here():
    pass


SCOPES = []
RELEASE = trio.Event()

if __name__ == "__main__":
    import trio.testing

    trio.run(main)
