"""A run that lasts until a file is there: it takes steps, or it sleeps."""

from __future__ import annotations

import os
import sys

import trio


async def beside() -> None:
    await trio.sleep_forever()


async def main() -> None:
    print("begins", flush=True)
    print("begins", file=sys.stderr, flush=True)
    seconds = 0.0 if sys.argv[1] == "busy" else 0.2
    async with trio.open_nursery() as nursery:
        nursery.start_soon(beside)
        for name in sys.argv[2:]:
            while not os.path.exists(name):
                await trio.sleep(seconds)
            await reached(name)
        nursery.cancel_scope.cancel()
    print("ends", flush=True)


async def reached(name: str) -> None:
    print("reached", os.path.basename(name), flush=True)


trio.run(main)
