"""Nested deadlines, a shield, and a scope that one task cancels for another."""

import trio


async def nested():
    with trio.move_on_after(30):  # @mark far
        with trio.move_on_after(20):  # @mark middle
            with trio.move_on_after(1) as near:  # @mark near
                await trio.sleep_forever()  # @mark nested wait
            print("near expired", near.cancelled_caught)
        await trio.sleep(2)  # @mark nested sleep


async def shielded():
    with trio.move_on_after(0.5):  # @mark shielded deadline
        with trio.CancelScope(shield=True):  # @mark shield
            await trio.sleep(1.5)  # @mark shielded wait
        await trio.sleep_forever()  # @mark after shield
    print("shield is over")


async def victim(task_status):
    with trio.CancelScope() as scope:  # @mark victim scope
        task_status.started(scope)
        await trio.sleep_forever()  # @mark victim wait
    print("victim cancelled", scope.cancelled_caught)


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(nested)
        nursery.start_soon(shielded)
        scope = await nursery.start(victim)
        await trio.sleep(0.25)
        scope.cancel()  # @mark cancel
        await trio.lowlevel.checkpoint()  # @mark after cancel


if __name__ == "__main__":
    trio.run(main)
