"""Runs of Trio in threads while the main thread waits; the first argument says which."""

import signal
import sys
import threading
import time

import trio


async def idle():
    print("up", 1 + 1, flush=True)
    await trio.sleep_forever()


async def hogs():
    print("up", 1 + 1, flush=True)
    while not over.is_set():
        time.sleep(0.001)  # @mark hogs


async def first(token_of_second):
    """Over when the second run is up."""
    await trio.to_thread.run_sync(token_of_second.wait)


async def second(up):
    up.set()
    await trio.sleep_forever()


over = threading.Event()


def run(*args):
    thread = threading.Thread(target=trio.run, args=args, daemon=True)
    thread.start()
    return thread


def one(which):
    waits_for(run(which))


def turns():
    """The first run is over while the second one lasts."""
    up = threading.Event()
    ended = run(first, up)
    lasts = run(second, up)
    ended.join()
    print("up", 1 + 1, flush=True)
    waits_for(lasts)


def sleeps():
    run(idle)
    while True:
        time.sleep(0.2)


def own_handler():
    signal.signal(signal.SIGINT, lambda *_: print("mi" + "ne", flush=True))
    signal.signal(signal.SIGURG, lambda *_: None)
    one(idle)


def ends():
    """What is there before and after a run in a thread."""
    kept = signal.getsignal(signal.SIGINT)
    run(trio.sleep, 0.01).join()
    # The handler goes back when the main thread next runs code of Python.
    for _ in range(1000):
        if signal.getsignal(signal.SIGINT) is kept:
            break
        time.sleep(0.001)
    print("as", "before:", signal.getsignal(signal.SIGINT) is kept, flush=True)


def waits_for(thread):
    try:
        thread.join()
    except KeyboardInterrupt:
        print("main is", "interrupted", flush=True)
        over.set()
        thread.join(1)


if __name__ == "__main__":
    if sys.argv[1] in ("idle", "hogs"):
        one(globals()[sys.argv[1]])
    else:
        globals()[sys.argv[1]]()
