"""Starts two worker processes that run Trio.

Arguments: how they are started, and whether Trio runs here first (`here`) or is imported by the
workers (`late`).
"""

import multiprocessing
import os
import sys

if "late" not in sys.argv:
    import trio


async def serves():
    await trio.sleep(0)
    print("worker", os.getpid(), flush=True)


def works():
    global trio
    import trio

    trio.run(serves)


async def looks():
    await trio.sleep(0)


if __name__ == "__main__":
    if "here" in sys.argv:
        trio.run(looks)
    context = multiprocessing.get_context(sys.argv[1])
    workers = [context.Process(target=works) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    print("ended with", *(each.exitcode for each in workers))
