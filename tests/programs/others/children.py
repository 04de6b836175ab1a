"""Work in processes of trio-parallel's: results, an exception, a time limit, a death.

children.py SPAWN|FORKSERVER|FORK
"""

import os
import sys
import time

import trio
import trio_parallel


def square(number):
    time.sleep(0.05)
    return number * number


def fails():
    raise LookupError("in a child")


def dies():
    os._exit(3)


def dawdles():
    time.sleep(600)


def who():
    return __name__, os.getppid()


async def squares(context):
    results = {}

    async def one(number):
        results[number] = await context.run_sync(square, number)
        print("squared", number, flush=True)

    async with trio.open_nursery() as nursery:
        for number in range(12):
            nursery.start_soon(one, number)
    print(sorted(results.items()))


async def main():
    kind = trio_parallel.WorkerType[sys.argv[1]]
    async with trio_parallel.open_worker_context(worker_type=kind, idle_timeout=1.5) as context:
        name, parent = await context.run_sync(who)
        print("a child of ours" if parent == os.getpid() else "a grandchild", name)
        await squares(context)
        for broken in (fails, dies):
            try:
                await context.run_sync(broken)
            except Exception as error:
                print(broken.__name__, type(error).__name__, flush=True)
        with trio.move_on_after(0.5) as scope:
            await context.run_sync(dawdles, kill_on_cancel=True)
        print("given up", scope.cancelled_caught)
        print(await context.run_sync(square, 12))


if __name__ == "__main__":
    trio.run(main)
