"""SIGINT comes when the run has begun and its main task has not taken its first step.

With an argument the run is on another thread, and SIGINT comes when the main thread waits: one that
comes right before a wait is not seen before that has ended, by Python itself.
"""

import itertools
import os
import signal
import sys
import threading

import trio


async def counts():
    for _ in itertools.count():
        await trio.sleep(0)


def wait_until_main_waits():
    """Return when the kernel has put the main thread to sleep (Linux)."""
    path = f"/proc/self/task/{os.getpid()}/stat"
    while os.path.exists(path):
        with open(path, encoding="ascii") as file:
            if file.read().rpartition(")")[2].split()[0] == "S":
                return
        os.sched_yield()


def begins():
    """Trio calls this to get the coroutine of the main task."""
    if len(sys.argv) > 1:
        wait_until_main_waits()
    # As from the keyboard: a plain call of it would be the program's own signal.
    getattr(os, "kill")(os.getpid(), signal.SIGINT)  # noqa: B009
    return counts()


if len(sys.argv) == 1:
    trio.run(begins)
else:
    thread = threading.Thread(target=trio.run, args=(begins,), daemon=True)
    thread.start()
    thread.join()
