"""Slow steps, busy loops, swallowed cancellations, coroutines never awaited; and what is none."""

import contextlib
import sys

import trio


async def quick():
    await trio.lowlevel.checkpoint()
    await trio.lowlevel.checkpoint()


async def spins():
    async with trio.open_nursery() as nursery:
        flag = trio.Event()

        async def sets():
            for _ in range(1_500):
                await trio.sleep(0)
            flag.set()

        nursery.start_soon(sets)
        while not flag.is_set():  # @mark spins
            await trio.sleep(0)


async def works():
    """It passes as many checkpoints, and gets on with something."""
    total = 0
    while total < 3_000:
        total += 1
        await trio.sleep(0)


async def sleeps():
    """It tests, and sleeps in between."""
    end = trio.current_time() + 0.02
    while trio.current_time() < end:
        await trio.sleep(0.001)


async def does_it_in_the_test():
    """The condition does the work."""
    work = list(range(3_000))
    while work.pop():
        await trio.lowlevel.checkpoint()


async def swallows():
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.sleep(1)  # @mark raised
        except BaseException:  # @mark swallowed
            pass
        with trio.CancelScope(shield=True):
            await trio.sleep(0)


async def swallows_in_a_call():
    async def careful():
        try:
            await trio.sleep_forever()
        except:  # noqa: E722  # @mark bare
            return

    with trio.move_on_after(0.001):
        await careful()
        await trio.sleep(0)


async def raises_again():
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.sleep(1)
        except BaseException:
            with trio.CancelScope(shield=True):
                await trio.sleep(0)
            raise


async def scope_catches():
    with trio.CancelScope() as outer:
        with trio.CancelScope() as scope:
            scope.cancel()
            try:
                await trio.sleep(1)
            except Exception:
                raise AssertionError from None
        await trio.sleep(0)
        outer.cancel()
    await trio.sleep(0)


async def keeps_it():
    """What is kept may still be raised."""
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.sleep(1)
        except BaseException as error:
            kept = error
        with trio.CancelScope(shield=True):
            await trio.sleep(0)
        raise kept


async def answer():
    return 42


async def forgets_to_await():
    answer()  # @mark never


async def awaits():
    await answer()


async def suppresses():
    """No handler to be seen: it stays silent."""
    with trio.CancelScope() as scope:
        scope.cancel()
        with contextlib.suppress(BaseException):
            await trio.sleep(1)
        with trio.CancelScope(shield=True):
            await trio.sleep(0)


async def main():
    await globals()[sys.argv[1]]()
    await trio.lowlevel.checkpoint()
    here()


def here():
    pass


if __name__ == "__main__":
    trio.run(main)
