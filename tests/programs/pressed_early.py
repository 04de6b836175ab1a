"""SIGINT comes when the run has begun and its main task has not taken its first step.

With an argument the run is on another thread.
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


def begins():
    """Trio calls this to get the coroutine of the main task."""
    # As from the keyboard: a plain call of it would be the program's own signal.
    getattr(os, "kill")(os.getpid(), signal.SIGINT)  # noqa: B009
    return counts()


if len(sys.argv) == 1:
    trio.run(begins)
else:
    thread = threading.Thread(target=trio.run, args=(begins,), daemon=True)
    thread.start()
    thread.join()
