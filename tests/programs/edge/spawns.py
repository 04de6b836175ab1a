"""Spawns and wakes with one frame after the other left until the recursion limit."""

import sys
import warnings

import trio
import trio.testing


def dive(frames, work):
    return dive(frames - 1, work) if frames > 0 else work()


def depth():
    frame, found = sys._getframe(), 0
    while frame is not None:
        frame, found = frame.f_back, found + 1
    return found


async def child(ran, event=None):
    ran.append("child")
    if event is not None:
        await event.wait()
        ran.append("woken")


async def attempt(kind, left):
    ran, event, error = [], trio.Event(), None
    async with trio.open_nursery() as nursery:
        if kind == "wake":
            nursery.start_soon(child, ran, event)
            await trio.testing.wait_all_tasks_blocked()
        work = {
            "spawn": lambda: nursery.start_soon(child, ran),
            "system": lambda: trio.lowlevel.spawn_system_task(child, ran),
            "wake": event.set,
        }[kind]
        try:
            dive(sys.getrecursionlimit() - depth() - left - 2, work)
        except RecursionError as raised:
            error = type(raised).__name__
            nursery.cancel_scope.cancel()
    await trio.testing.wait_all_tasks_blocked()
    return ran, error


async def main():
    warnings.simplefilter("ignore")  # a coroutine that was never awaited
    for kind in ("spawn", "system", "wake"):
        for left in range(1, 25):
            with trio.move_on_after(20) as scope:
                print(kind, left, *await attempt(kind, left))
            print("hangs" if scope.cancelled_caught else "ends", flush=True)


trio.run(main)
