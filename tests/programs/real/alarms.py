"""Sets alarms around lines that a debugger may look at, and says what came of them."""

import signal
import sys
import threading
import traceback

import trio

REAL = signal.ITIMER_REAL


class TooLate(Exception):
    pass


def too_late(signum, frame):
    raise TooLate


def passed(value):
    return value + 1  # @mark passed


def busy(seconds):
    signal.setitimer(REAL, seconds)
    value = 0
    try:
        while True:
            value = passed(value)
    finally:
        signal.setitimer(REAL, 0)


def nothing():
    return None  # @mark nothing


def timed_out(seconds):
    try:
        busy(seconds)
    except TooLate as error:
        functions = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
        ours = [name for name in functions if name not in ("busy", "passed")]
        return "in time", ours
    return None


async def hot(count):
    """Alarms in the middle of a loop, in a task and in its thread."""
    for _ in range(int(count)):
        print(timed_out(0.01))


async def still(seconds):
    """An alarm that is due soon, and a stop."""
    went_off = []
    signal.signal(signal.SIGALRM, lambda *_: went_off.append(True))
    signal.setitimer(REAL, float(seconds), 7)
    nothing()
    left, interval = signal.getitimer(REAL)
    print("went off", len(went_off), "left", left > 0 and round(left / float(seconds), 1), interval)
    signal.setitimer(REAL, 0)


async def in_a_thread(seconds):
    await trio.to_thread.run_sync(trio.run, still_without_handler, seconds)


async def still_without_handler(seconds):
    signal.setitimer(REAL, float(seconds))
    nothing()
    left, interval = signal.getitimer(REAL)
    print("left", round(left / float(seconds), 1), interval, threading.active_count() > 1)
    signal.setitimer(REAL, 0)


async def without(_):
    nothing()
    left, interval = signal.getitimer(REAL)
    print("left", round(left), interval)


async def main(words):
    for word in words:
        name, _, value = word.partition("=")
        await globals()[name](value)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, too_late)
    if sys.argv[1] == "outside":
        signal.alarm(100)
        breakpoint()
        print("left", round(signal.alarm(0) / 100, 1))
    else:
        trio.run(main, sys.argv[1:])
