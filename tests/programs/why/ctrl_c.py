"""Waits for ever, steps for ever, or hogs the loop: the first argument says which."""

import os
import signal
import sys
import time

import trio


async def idle():
    print("up", 1 + 1, flush=True)
    await trio.sleep_forever()


async def steps():
    print("up", 1 + 1, flush=True)
    while True:
        await trio.lowlevel.checkpoint()


async def hogs():
    print("up", 1 + 1, flush=True)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass  # @mark hogs


async def own_handler():
    signal.signal(signal.SIGINT, lambda *_: os.write(1, b"mi" + b"ne\n"))
    print("up", 1 + 1, flush=True)
    await trio.sleep(1.5)


if __name__ == "__main__":
    trio.run(globals()[sys.argv[1]])
