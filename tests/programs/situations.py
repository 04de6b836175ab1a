"""Two workers, one that waits for ever and one in a cancelled scope: for steering.

Usage: situations.py [quiescent] [guest]

Prints what came of each task, sorted, however they were steered.
"""

import asyncio
import sys

import trio
import trio.testing

ENDS = {}


async def work():
    for _turn in range(4):
        await trio.sleep(0.01)  # @mark work
    return "worked"


async def wait():
    await trio.sleep_forever()


async def cancelled():
    with trio.CancelScope() as scope:
        scope.cancel()
        await trio.lowlevel.cancel_shielded_checkpoint()  # @mark cancelled
        await trio.lowlevel.cancel_shielded_checkpoint()
        await trio.lowlevel.checkpoint()
    return "left its scope"


async def observed(function):
    name = function.__name__
    try:
        ENDS[name] = await function()
    except trio.Cancelled:
        ENDS[name] = "cancelled"
        raise
    except KeyError:
        ENDS[name] = "thrown at"


async def worker(done):
    await observed(work)
    done.set()


async def waiter():
    await observed(wait)


async def prisoner():
    await observed(cancelled)


async def main():
    note = "as it was"
    done = trio.Event()
    with trio.move_on_after(30):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(worker, done)
            nursery.start_soon(waiter)
            nursery.start_soon(prisoner)
            if "quiescent" in sys.argv:
                await trio.testing.wait_all_tasks_blocked(0.001)
            await done.wait()
            nursery.cancel_scope.cancel()
    ENDS["note"] = note


async def as_guest():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    trio.lowlevel.start_guest_run(
        main, run_sync_soon_threadsafe=loop.call_soon_threadsafe, done_callback=done.set_result
    )
    (await done).unwrap()


if __name__ == "__main__":
    if "guest" in sys.argv:
        asyncio.run(as_guest())
    else:
        trio.run(main)
    print(sorted(ENDS.items()))
