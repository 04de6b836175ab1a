"""Starts two worker processes that run Trio.

Arguments: how they are started, and whether Trio runs here first (`here`), is imported by the
workers (`late`), or is imported before `multiprocessing` (`before`).
"""

import os
import sys

if "late" not in sys.argv:
    import trio


def finders():
    return [each for each in sys.meta_path if "stepdbg" in type(each).__module__]


if "here" not in sys.argv and "before" not in sys.argv:
    import multiprocessing


async def serves():
    await trio.sleep(0)
    print("worker", os.getpid(), flush=True)


def works():
    global trio
    import trio

    trio.run(serves)
    assert not finders()


async def looks():
    await trio.sleep(0)


if __name__ == "__main__":
    if "here" in sys.argv:
        trio.run(looks)
        print("finders", len(finders()))
    import multiprocessing

    context = multiprocessing.get_context(sys.argv[1])
    workers = [context.Process(target=works) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    print("finders", len(finders()))
    print("ended with", *(each.exitcode for each in workers))
