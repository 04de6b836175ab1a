"""Threads that come to a line, a function and an exception at the same moment."""

import threading

import trio

THREADS = 4

meeting = threading.Barrier(THREADS)


def all_are_here() -> bool:
    meeting.wait(30)
    return True


def work() -> int:
    return 1  # @mark work


def fail() -> None:
    raise KeyError("fail")  # @mark fail


def worker(number: int) -> None:
    try:
        work()
        try:
            fail()
        except KeyError:
            print("is done")
    except BaseException as error:
        print(f"worker {number} got {error!r}")


async def main() -> None:
    async with trio.open_nursery() as nursery:
        for number in range(THREADS):
            nursery.start_soon(trio.to_thread.run_sync, worker, number)


trio.run(main)
