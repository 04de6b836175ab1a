"""A bit of everything, and a failure at the end: for the flags of python."""

import asyncio
import sys
import warnings

import trio


async def produce(send):
    async with send:
        for number in range(3):
            await send.send(number)


async def main():
    send, receive = trio.open_memory_channel(1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(produce, send)
        async for number in receive:
            print("got", number)
    with trio.move_on_after(0) as scope:
        await trio.sleep_forever()
    print("cancelled", scope.cancelled_caught, __debug__, sys.flags.dev_mode)
    assert "asserts" not in sys.argv, "only with them"
    warnings.warn("mind the gap", ResourceWarning, stacklevel=1)
    raise ValueError("the end")


if __name__ == "__main__":
    print(asyncio.coroutines._is_debug_mode())
    trio.run(main)
