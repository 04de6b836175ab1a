"""Takes its time to end: shielded cleanup, a worker thread, or a step without an end.

Usage: slow_to_end.py shield|thread|step [guest] [several]
"""

import asyncio
import contextlib
import sys
import threading
import time

import trio

release = threading.Event()
begun = []
"""Who has got to where it waits."""


async def shielded():
    begun.append("shield")
    try:
        await trio.sleep_forever()
    finally:
        with trio.CancelScope(shield=True):
            while not release.is_set():
                await trio.sleep(0.05)  # @mark shielded wait
            print("cleaned up")


def wait_in_thread():
    begun.append("thread")
    release.wait()


async def in_thread():
    await trio.to_thread.run_sync(wait_in_thread)  # @mark thread wait
    print("the thread is back")


async def stepping():
    begun.append("step")
    try:
        await trio.sleep_forever()
    finally:
        while not release.is_set():
            time.sleep(0.05)  # @mark long step


async def beside():
    try:
        await trio.sleep_forever()
    finally:
        print("beside left")


KINDS = {"shield": shielded, "thread": in_thread, "step": stepping}


def all_begun(kinds):
    runs = 1 + ("several" in sys.argv)
    return all(begun.count(kind) == runs for kind in kinds)


async def main(kinds):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(beside)
        for kind in kinds:
            nursery.start_soon(KINDS[kind])
        while not all_begun(kinds):
            await trio.sleep(0.01)
        await trio.sleep(0.01)  # @mark begun


async def as_guest(kinds):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    trio.lowlevel.start_guest_run(
        main,
        kinds,
        run_sync_soon_threadsafe=loop.call_soon_threadsafe,
        done_callback=done.set_result,
    )
    (await done).unwrap()


def run_in_thread(kinds):
    with contextlib.suppress(SystemExit):  # pytest would make a warning of it
        trio.run(main, kinds)


if __name__ == "__main__":
    chosen = [word for word in sys.argv[1:] if word in KINDS]
    other = threading.Thread(target=run_in_thread, args=(chosen,))
    if "several" in sys.argv:
        other.start()
    try:
        if "guest" in sys.argv:
            asyncio.run(as_guest(chosen))
        else:
            trio.run(main, chosen)
    finally:
        if "several" in sys.argv:
            other.join()
