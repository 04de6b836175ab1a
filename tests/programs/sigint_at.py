"""SIGINT comes at the Nth audit event of the main thread after `trio.run` was called.

The environment names N in `SIGINT_AT`.  With 0 it never comes.  The program prints how many events
there were before its first step.
"""

import os
import signal
import sys
import threading

import trio

at, seen = int(os.environ["SIGINT_AT"]), 0
main_thread = threading.get_ident()


def count(event, arguments):
    global seen
    if counting and threading.get_ident() == main_thread:
        seen += 1
        if seen == at:
            # As from the keyboard: a plain call of it would be the program's own signal.
            getattr(os, "kill")(os.getpid(), signal.SIGINT)  # noqa: B009


async def main():
    global counting
    counting = False
    print("events:", seen)
    await trio.sleep(0)
    print("went on")


counting = True
sys.addaudithook(count)
trio.run(main)
