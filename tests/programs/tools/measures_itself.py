"""A program that traces, profiles or measures itself: ``measures_itself.py WAY``."""

import sys
import threading

import trio

seen: list[str] = []


def work(number: int) -> int:
    total = number + 1  # @mark here
    return total


def watch(frame, event, arg):
    if frame.f_code is work.__code__:
        seen.append(f"{event} {frame.f_lineno - work.__code__.co_firstlineno}")
    return watch


async def worker(number: int) -> None:
    await trio.sleep(0)
    work(number)
    await trio.to_thread.run_sync(work, number)


async def main() -> None:
    async with trio.open_nursery() as nursery:
        for number in range(2):
            nursery.start_soon(worker, number)


def run_traced() -> None:
    sys.settrace(watch)
    threading.settrace(watch)
    trio.run(main)
    print("mine", sys.gettrace() is watch, threading.gettrace() is watch)
    sys.settrace(None)
    threading.settrace(None)


def run_profiled() -> None:
    sys.setprofile(watch)
    threading.setprofile(watch)
    trio.run(main)
    print("mine", sys.getprofile() is watch, threading.getprofile() is watch)
    sys.setprofile(None)
    threading.setprofile(None)


def run_covered() -> None:
    import coverage

    measured = coverage.Coverage(data_file=None, include=[__file__])
    measured.start()
    trio.run(main)
    measured.stop()
    _, statements, _, missing, _ = measured.analysis2(__file__)
    print("lines", [line for line in statements if line not in missing])


WAYS = {"trace": run_traced, "profile": run_profiled, "coverage": run_covered}
WAYS.get(sys.argv[1], lambda: trio.run(main))()
print("seen", sorted(seen))
print("left", sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile())
