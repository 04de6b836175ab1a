"""A thread that passes a line all the time, while the main task stops."""

import sys
import threading

import trio

over = threading.Event()
begun = threading.Event()
passes = 0


def work() -> None:
    global passes
    while not over.is_set():
        passes += 1  # @mark pass
        begun.set()


def other() -> int:
    return 1  # @mark other


def third() -> int:
    return 1  # @mark third


async def main() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    try:
        await trio.lowlevel.checkpoint()  # @mark stop
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(interval)
    print("passes:", passes)


trio.run(main)
