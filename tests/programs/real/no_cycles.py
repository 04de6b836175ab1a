"""Lets Python's garbage collector find what only cycles have kept: frames, tasks, exceptions."""

import gc
import types

import trio


class Boom(Exception):
    pass


async def works(lock, send):
    async with lock:
        await trio.sleep(0)
    await send.send(1)


async def fails():
    await trio.sleep(0)
    raise Boom


async def main():
    lock = trio.Lock()
    send, receive = trio.open_memory_channel(0)
    with trio.move_on_after(0):
        await trio.sleep_forever()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(works, lock, send)
        nursery.start_soon(works, lock, send)
        await receive.receive()
        await receive.receive()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            nursery.start_soon(fails)
    except* Boom as group:
        print(len(gc.get_referrers(group.exceptions[0])))


if __name__ == "__main__":
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    trio.run(main)
    gc.collect()
    kinds = types.FrameType, trio.lowlevel.Task, BaseException
    print(sorted(str(type(each).__name__) for each in gc.garbage if isinstance(each, kinds)))
    gc.set_debug(0)
