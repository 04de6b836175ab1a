"""Runs Trio in a thread that `threading` does not know, and looks at whom it knows then."""

import _thread
import threading

import trio

KNOWN = threading.enumerate()
OVER = _thread.allocate_lock()


async def main():
    await trio.lowlevel.checkpoint()
    print("in the run:", strangers())  # @mark in the run


def job():
    try:
        trio.run(main)
        outside()
    finally:
        OVER.release()


def outside():
    print("after it:", strangers())  # @mark after it


def strangers():
    return [each.name for each in threading.enumerate() if each not in KNOWN]


if __name__ == "__main__":
    OVER.acquire()
    _thread.start_new_thread(job, ())
    OVER.acquire()
