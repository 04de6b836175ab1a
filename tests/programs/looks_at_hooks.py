"""Looks at what Trio carries on our behalf while it runs, and remembers it."""

import trio
from trio._core._run import GLOBAL_RUN_CONTEXT

SEEN = {}


def look(when):
    runner = GLOBAL_RUN_CONTEXT.runner
    hooks = sorted(
        name for name, carried in runner.instruments.items() if carried and name[0] != "_"
    )
    SEEN[when] = (hooks, type(runner.runq).__name__)


async def watched():
    look("watched, first step")
    await trio.lowlevel.checkpoint()  # @mark watched
    look("watched, second step")


async def main():
    await trio.lowlevel.checkpoint()
    look("before")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watched)
        await trio.lowlevel.checkpoint()  # @mark beside
    await trio.lowlevel.checkpoint()
    look("after")


if __name__ == "__main__":
    trio.run(main)
    print(SEEN)
