"""Trio in three threads at once, each with tasks of its own, and a worker thread each."""

import threading

import trio

TOGETHER = threading.Barrier(3)
RESULTS = {}


async def add(totals, number):
    for _ in range(number):
        await trio.lowlevel.checkpoint()
    totals.append(await trio.to_thread.run_sync(lambda: number))


async def main(name):
    totals = []
    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(add, totals, number)
    RESULTS[name] = sorted(totals)


def run_one(name):
    TOGETHER.wait()
    trio.run(main, name)


if __name__ == "__main__":
    threads = [threading.Thread(target=run_one, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(RESULTS.items()))
