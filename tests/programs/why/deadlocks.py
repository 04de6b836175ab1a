"""Deadlocks, and what only looks like one: the first argument says which."""

import functools
import signal
import sys
import threading

import trio
import trio.testing

import stepdbg


async def crossed():
    """Two tasks take two locks, each in another order."""
    first, second = trio.Lock(), trio.Lock()

    async def left():
        async with first:
            await trio.lowlevel.checkpoint()
            await second.acquire()  # @mark left

    async def right():
        async with second:
            await trio.lowlevel.checkpoint()
            await first.acquire()  # @mark right

    async with trio.open_nursery() as nursery:
        nursery.start_soon(left)
        nursery.start_soon(right)


async def kept_sender():
    """The example of the documentation: `main` keeps a sender that it should have closed."""
    send, receive = trio.open_memory_channel(0)

    async def worker(inbox):
        async for _ in inbox:  # @mark worker
            pass

    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker, receive)
    await send.aclose()


async def nobody_sets():
    await trio.Event().wait()  # @mark nobody


async def after_a_while():
    """Nobody sets an event, twice, after time-outs that have passed."""
    for _ in range(2):
        done = trio.Event()
        await trio.sleep(0.01)
        with trio.move_on_after(5):
            await trio.sleep(0.01)
        await done.wait()  # @mark awhile


async def stands_by():
    stepdbg.install()
    try:
        await nobody_sets()
    finally:
        stepdbg.uninstall()


async def behind_a_shield():
    """A cleanup that nobody can end, after a time-out."""
    done = trio.Event()

    async def stuck():
        try:
            await trio.sleep(50)
        finally:
            with trio.CancelScope(shield=True):
                await done.wait()  # @mark shielded

    with trio.move_on_after(0.01):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stuck)
    done.set()


async def under_its_lock():
    """A Condition whose lock is held, so that its holder alone could notify."""
    ready, never = trio.Condition(), trio.Event()

    async def waiter(ready):
        async with ready:
            await ready.wait()

    async def keeper(ready):
        async with ready:
            await never.wait()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter, ready)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(keeper, ready)
        del ready


async def in_a_stream():
    """A parking lot that only Trio's own objects lead to."""
    near, far = trio.testing.memory_stream_pair()
    streams.append(far)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(nobody_sets)
        await near.receive_some(1)  # @mark stream


async def partial():
    """The two of `crossed`, and a task that goes on."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(crossed)
        await trio.sleep(0.05)
        look()
        nursery.cancel_scope.cancel()


def look():
    pass


# What is not a deadlock


async def forever():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(nobody_sets)
        await trio.sleep_forever()


async def token():
    handed_out.append(trio.lowlevel.current_trio_token())
    await nobody_sets()


async def thread():
    release = threading.Event()
    threads.append(release)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(nobody_sets)
        await trio.to_thread.run_sync(release.wait, abandon_on_cancel=True)


async def own_thread():
    release = threading.Event()
    threads.append(release)
    threading.Thread(target=release.wait, name="own").start()
    await nobody_sets()


async def receiver():
    with trio.open_signal_receiver(signal.SIGUSR1) as signals:
        async for _ in signals:
            return


async def sockets():
    near, far = trio.socket.socketpair()
    with near, far:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(nobody_sets)
            await near.recv(1)


async def own_ctrl_c():
    handled = trio.Event()
    before = signal.signal(signal.SIGINT, lambda *_: handled.set())
    try:
        await handled.wait()
    finally:
        signal.signal(signal.SIGINT, before)


async def own_handler():
    handled = trio.Event()
    before = signal.signal(
        signal.SIGTERM, functools.partial(lambda event, *_: event.set(), handled)
    )
    try:
        await handled.wait()
    finally:
        signal.signal(signal.SIGTERM, before)


async def deadline():
    with trio.move_on_after(0.2):
        await nobody_sets()


handed_out, threads, streams = [], [], []


async def main():
    try:
        await globals()[sys.argv[1]]()
    finally:
        for each in threads:
            each.set()


async def waits_for(event):
    await event.wait()


async def takes_twice(semaphore):
    await semaphore.acquire()
    await semaphore.acquire()


async def nobody_sets_for_two():
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits_for, event)
        nursery.start_soon(waits_for, event)


async def nobody_sets_beside():
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits_for, event)
        nursery.start_soon(takes_twice, trio.Semaphore(1))


async def sets_after_its_children():
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits_for, event)
    event.set()


if __name__ == "__main__":
    trio.run(main)
