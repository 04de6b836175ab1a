"""A signal handler that raises once, whoever has the thread; tasks that take it as a time-out."""

import builtins
import signal

import trio

rung = False


class TooLong(Exception):
    pass


def on_alarm(_signum: int, _frame: object) -> None:
    raise TooLong


def rings() -> bool:
    global rung
    if not rung:
        rung = True
        signal.raise_signal(signal.SIGTERM)
    return False


builtins.rings = rings  # type: ignore[attr-defined]  # for frames of Trio's, too


async def worker() -> None:
    await trio.sleep(0.001)


async def main() -> None:
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(worker)
    except* TooLong:
        print("too long")
    print("done")


signal.signal(signal.SIGTERM, on_alarm)
try:
    trio.run(main)
except* TooLong:
    print("too long")
    print("done")
finally:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    del builtins.rings
