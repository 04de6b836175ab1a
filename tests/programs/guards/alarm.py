"""A signal handler that raises, at whatever the program is doing then."""

import functools
import signal
import sys
import traceback

import trio


class TooLong(Exception):
    pass


class Alarm:
    def __call__(self, _signum: int, _frame: object) -> None:
        raise TooLong

    def ring(self, _signum: int, _frame: object) -> None:
        raise TooLong


def on_alarm(_signum: int, _frame: object) -> None:
    raise TooLong


HANDLERS = {
    "function": on_alarm,
    "object": Alarm(),
    "method": Alarm().ring,
    "partial": functools.partial(on_alarm),
}


def rings() -> bool:
    signal.raise_signal(signal.SIGTERM)
    return False


def work() -> str:
    return "worked"  # @mark work


async def worker() -> None:
    for _ in range(2):
        try:
            print(work())
        except TooLong as error:
            own = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
            print("too long:", *own)
        await trio.lowlevel.checkpoint()


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker)


signal.signal(signal.SIGTERM, HANDLERS[sys.argv[1]])
try:
    trio.run(main)
finally:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
