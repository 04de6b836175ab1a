"""Objects that go by one name in the lines that wait for them."""

import sys

import trio


class Account:
    def __init__(self):
        self.lock = trio.Lock()


async def transfer(source, target):
    async with source.lock:
        await trio.sleep(0.001)
        async with target.lock:  # @mark transfer
            pass


async def accounts():
    alice, bob = Account(), Account()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(transfer, alice, bob)
        nursery.start_soon(transfer, bob, alice)


class Bank:
    def __init__(self, *names):
        self.accounts = {name: Account() for name in names}

    async def run(self):
        alice, bob = self.accounts.values()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(transfer, alice, bob)
            nursery.start_soon(transfer, bob, alice)
            del alice, bob


async def of_a_bank():
    await Bank("alice", "bob").run()


async def wait(event):
    await event.wait()


async def crowd():
    events = [trio.Event() for _ in range(5)]
    async with trio.open_nursery() as nursery:
        for each in events:
            nursery.start_soon(wait, each)
        del each


async def own():
    done = trio.Event()
    await done.wait()


async def nobody_else_has_them():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(own)
        nursery.start_soon(own)


async def shared():
    alice = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait, alice)
        nursery.start_soon(wait, alice)


async def for_notice(ready):
    async with ready:
        await ready.wait()


async def for_its_lock(ready):
    async with ready:
        pass


def look():
    pass


async def a_condition():
    bell = trio.Condition()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(for_notice, bell)
        await trio.sleep(0.001)
        async with bell:
            nursery.start_soon(for_its_lock, bell)
            await trio.sleep(0.001)
            look()
            bell.notify()


if __name__ == "__main__":
    trio.run(globals()[sys.argv[1]])
