"""Tasks that are being cancelled, each for another reason, and go on for a while."""

import trio
import trio.testing


async def cleans_up(go):
    with trio.CancelScope(shield=True):  # @mark shielded
        await go.wait()  # @mark shield


async def by_deadline(go):
    with trio.move_on_after(0.02):  # @mark deadline
        await cleans_up(go)


async def by_call(scope, go):
    with scope:  # @mark entered
        await cleans_up(go)


async def caller(scope):
    await trio.sleep(0.01)
    scope.cancel()  # @mark cancels


async def by_sibling(go):
    async with trio.open_nursery() as siblings:  # @mark siblings
        siblings.start_soon(fails)
        siblings.start_soon(sibling, go)


async def fails():
    await trio.sleep(0.01)
    raise ValueError("first")  # @mark fails


async def sibling(go):
    await cleans_up(go)


async def by_own_block(go):
    async with trio.open_nursery() as children:  # @mark block
        children.start_soon(child, go)
        await trio.sleep(0.01)
        raise KeyError("own")


async def child(go):
    await cleans_up(go)


def look():
    return "look"


async def main():
    go, scope = trio.Event(), trio.CancelScope()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(by_deadline, go)
        nursery.start_soon(by_call, scope, go)
        nursery.start_soon(caller, scope)
        nursery.start_soon(quiet, by_sibling, go)
        nursery.start_soon(quiet, by_own_block, go)
        try:
            await trio.sleep(0.03)
            await trio.testing.wait_all_tasks_blocked()
            look()
        finally:
            go.set()


async def quiet(function, go):
    try:
        await function(go)
    except* (ValueError, KeyError):
        pass


if __name__ == "__main__":
    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
