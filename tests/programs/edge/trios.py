"""A program with tasks that wait, for breakpoints on functions of Trio's that the debugger calls."""

import trio


async def child(event, lock):
    async with lock:
        await event.wait()


async def main():
    event, lock = trio.Event(), trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, event, lock)
        nursery.start_soon(child, event, lock)
        await trio.sleep(0)
        breakpoint()
        event.set()
    print("end", event.is_set(), trio.lowlevel.current_task().name, trio.current_time() > 0)


trio.run(main)
