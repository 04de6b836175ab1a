"""Steps that last until somebody who watches from outside lets them end.

Each reads a byte from the pipe whose descriptor is the second argument: a call into C that lets
other threads run meanwhile.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings

import trio


def gate() -> None:
    os.read(int(sys.argv[2]), 1)  # @mark gate


def spin() -> None:
    os.set_blocking(int(sys.argv[2]), False)
    while True:
        try:
            os.read(int(sys.argv[2]), 1)
        except BlockingIOError:
            continue  # @mark spin
        break


async def waits() -> None:
    await trio.sleep(0)
    gate()  # @mark calls
    await trio.sleep(0)


async def spins() -> None:
    await trio.sleep(0)
    spin()
    await trio.sleep(0)


async def twice() -> None:
    await waits()
    names = [each.name for each in threading.enumerate()]
    print("threads:", threading.active_count(), names, flush=True)
    await waits()


async def idle() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, 0.3)
    print("idle enough", flush=True)


async def forks() -> None:
    warnings.simplefilter("error")
    await waits()
    child = os.fork()
    if not child:
        os._exit(5)
    print("child ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    await waits()


if __name__ == "__main__":
    trio.run(globals()[sys.argv[1]])
