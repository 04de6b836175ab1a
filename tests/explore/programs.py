"""Programs to explore, as text: each has a `main`.

Owns: the texts.  Does not own: what is asked about them.
"""

from __future__ import annotations

LOST_UPDATE = """
import trio

async def main():
    balance = 0

    async def add():
        nonlocal balance
        seen = balance
        await trio.lowlevel.checkpoint()
        balance = seen + 1

    async with trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(add)
            for _ in range(2):
                await trio.lowlevel.checkpoint()
    print("balance", balance)
    assert balance == 2
"""

LOCKED_UPDATE = """
import trio

async def main():
    balance, lock = 0, trio.Lock()

    async def add():
        nonlocal balance
        async with lock:
            seen = balance
            await trio.lowlevel.checkpoint()
            balance = seen + 1

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(add)
    assert balance == 4
"""

LOCK_ORDER = """
import trio

async def take(one, other):
    async with one:
        async with other:
            pass

async def main():
    a, b = trio.Lock(), trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(take, a, b)
        for _ in range(4):
            await trio.lowlevel.checkpoint()
        nursery.start_soon(take, b, a)
"""

LOCK_ORDER_RIGHT = LOCK_ORDER.replace("take, b, a", "take, a, b")

TIMEOUT = """
import trio

async def main():
    done = []

    async def work():
        await trio.sleep(1)
        done.append(1)

    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(work)
    assert len(done) == 3
"""

TIME_IN_ORDER = """
import trio

async def main():
    seen = []

    async def after(seconds):
        await trio.sleep(seconds)
        seen.append(seconds)

    async with trio.open_nursery() as nursery:
        for each in (3, 1, 2):
            nursery.start_soon(after, each)
    with trio.move_on_after(5) as scope:
        await trio.sleep_forever()
    assert scope.cancelled_caught
    assert seen == [1, 2, 3]
    assert trio.current_time() == 1008
"""

THREAD = """
import threading
import trio

async def main():
    come = threading.Event()

    async def let_come():
        await trio.lowlevel.checkpoint()
        come.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(let_come)
        nursery.start_soon(trio.to_thread.run_sync, come.wait)
"""

SOCKET = """
import socket
import trio

async def main():
    a, b = (trio.socket.from_stdlib_socket(each) for each in socket.socketpair())
    with a, b:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(a.recv, 1)
            await b.send(b"x")
"""

PROCESS = """
import sys
import trio

async def main():
    await trio.run_process(["true"])
"""

POLLS = """
import trio

async def main():
    done = False

    async def work():
        nonlocal done
        await trio.lowlevel.checkpoint()
        done = True

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        while not done:
            await trio.lowlevel.checkpoint()
"""

SERVES_FOR_EVER = """
import trio

async def main():
    await trio.sleep_forever()
"""

QUIESCENT = """
import trio
from trio.testing import wait_all_tasks_blocked

async def main():
    event, seen = trio.Event(), []

    async def waits():
        await event.wait()
        seen.append(1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(waits)
        await wait_all_tasks_blocked()
        assert not seen
        event.set()
"""

OWN_CLOCK = """
import trio
from trio.testing import MockClock

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(trio.sleep, 60)
"""
