"""Semaphores that are used as locks.

The arguments are the name of a main function and the library whose semaphore it is.
"""

import sys

import anyio
import trio
import trio.testing

Semaphore = {"trio": trio.Semaphore, "anyio": anyio.Semaphore}[sys.argv[2]]


class Ledger:
    def __init__(self):
        self.lock = Semaphore(1)
        self.lines = []

    async def note(self, text):
        async with self.lock:  # @mark notes
            self.lines.append(text)
            await trio.lowlevel.checkpoint()


async def notes(ledger):
    await ledger.note("noted")


async def serves(ledger):
    async with ledger.lock:  # @mark serves
        await trio.lowlevel.checkpoint()
        await ledger.note("half of it")


async def sleeps(ledger):
    async with ledger.lock:  # @mark sleeps
        await trio.sleep(1)


async def enters_later(ledger, event):
    await event.wait()
    await ledger.note("later")


async def takes(ledger, event):
    await ledger.lock.acquire()
    await event.wait()


async def gives_back(ledger, event):
    await event.wait()
    ledger.lock.release()  # @mark releases


async def in_order(nursery, *calls):
    for function, *arguments in calls:
        nursery.start_soon(function, *arguments)
        await trio.testing.wait_all_tasks_blocked()


async def entered_twice():
    ledger, event = Ledger(), trio.Event()
    async with trio.open_nursery() as nursery:
        await in_order(nursery, (serves, ledger), (notes, ledger), (enters_later, ledger, event))


async def somebody_sleeps():
    ledger = Ledger()
    async with trio.open_nursery() as nursery:
        await in_order(nursery, (sleeps, ledger), (notes, ledger))


async def never_given_back():
    ledger, event = Ledger(), trio.Event()
    async with trio.open_nursery() as nursery:
        await in_order(nursery, (takes, ledger, event), (notes, ledger))


async def given_back_later():
    ledger, event = Ledger(), trio.Event()
    async with trio.open_nursery() as nursery:
        await in_order(
            nursery, (takes, ledger, event), (notes, ledger), (gives_back, ledger, event)
        )


if __name__ == "__main__":
    trio.run(globals()[sys.argv[1]], clock=trio.testing.MockClock(autojump_threshold=0))
