"""Deadlines that pass within a step, and what notices that before Trio's loop does."""

import sys

import trio
from trio.testing import MockClock

clock = MockClock()


async def reads():
    with trio.move_on_after(0.5) as scope:  # @mark reads_limit
        clock.jump(1)
        if scope.cancel_called:  # @mark reads
            print("late")  # @mark reads_late
        await trio.sleep(1)  # @mark reads_sleep
    print("read")  # @mark reads_end


async def cancels(scope):
    clock.jump(1)
    scope.cancel()  # @mark cancels


async def passing():
    async with trio.open_nursery() as nursery:  # @mark passing_nursery
        nursery.start_soon(cancels, nursery.cancel_scope)
        with trio.move_on_after(0.5):  # @mark passing_limit
            await trio.sleep_forever()
    print("passed")


if __name__ == "__main__":
    trio.run({"reads": reads, "passing": passing}[sys.argv[1]], clock=clock)
