"""What is done at every turn: to a channel, a lock, a semaphore and a limiter, and who has ended."""

import trio
import trio.testing


async def produce(out):
    await out.send(1)  # @mark first
    await out.send(2)  # @mark second
    await out.send(3)  # @mark third


async def audit(into):
    await into.receive()  # @mark audit


async def lose(end):
    try:
        end.send_nowait(0)
    except trio.WouldBlock:
        pass


async def borrow(lock, semaphore, limiter, enough):
    await lock.acquire()  # @mark lock
    await semaphore.acquire()  # @mark semaphore
    await limiter.acquire()  # @mark limiter
    await enough.wait()
    limiter.release()  # @mark return
    semaphore.release()  # @mark give_back
    lock.release()  # @mark release


async def queue(lock):
    async with lock:  # @mark queue
        pass


async def main():
    out, into = trio.open_memory_channel(1)
    lock, semaphore, limiter = trio.Lock(), trio.Semaphore(1), trio.CapacityLimiter(1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(produce, out)
        await trio.testing.wait_all_tasks_blocked()
        await lose(out)
        nursery.start_soon(audit, into)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(borrow, lock, semaphore, limiter, enough := trio.Event())
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(queue, lock)
        await trio.testing.wait_all_tasks_blocked()
        enough.set()
        await trio.testing.wait_all_tasks_blocked()
        look(out, into, lock, semaphore, limiter)
        nursery.cancel_scope.cancel()


def look(*things):
    return things


trio.run(main)
