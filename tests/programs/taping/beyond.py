"""Does what no tape holds."""

import ctypes
import subprocess
import sys
import threading

import trio


class Odd:
    def __getstate__(self):
        raise AssertionError("nobody may ask for it")


def odd():
    return Odd()


async def main():
    open(__file__).close()  # @file
    await trio.to_thread.run_sync(odd)  # @odd
    await trio.to_thread.run_sync(trio.from_thread.run_sync, print)
    subprocess.run([sys.executable, "-c", ""])  # @process
    ctypes.CDLL(None)  # @library
    thread = threading.Thread(target=print)
    thread.start()
    thread.join()


trio.run(main)
