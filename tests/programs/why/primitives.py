"""Tasks that wait, each for something else; `main` looks around once they all do."""

import math
import os
import signal
import subprocess
import sys
import threading

import trio
import trio.testing


async def event(go):
    await go.wait()  # @mark event


class Pool:
    def __init__(self):
        self.lock = trio.Lock()


async def owner(pool):
    async with pool.lock:  # @mark taken
        await trio.sleep(50)  # @mark owner


async def locked(pool):
    await trio.lowlevel.checkpoint()
    async with pool.lock:  # @mark locked
        pass


async def strict_owner(strict):
    async with strict:
        await trio.sleep(50)


async def strict_locked(strict):
    await trio.lowlevel.checkpoint()
    await strict.acquire()  # @mark strict


async def condition(ready):
    async with ready:
        await ready.wait()  # @mark condition


async def semaphore(tickets):
    await tickets.acquire()  # @mark semaphore


async def borrower(limiter):
    async with limiter:
        await trio.sleep(50)


async def limited(limiter):
    await trio.lowlevel.checkpoint()
    async with limiter:  # @mark limited
        pass


async def receiver(inbox):
    async for _ in inbox:  # @mark receiver
        pass


async def holds_sender(outbox):
    await trio.sleep(50)


async def sender(full):
    await full.send(1)  # @mark sender


async def nursery():
    async with trio.open_nursery() as children:  # @mark nursery
        children.start_soon(trio.sleep, 50)
        children.start_soon(trio.sleep, 50)


async def slow_start(task_status):
    await trio.sleep(50)
    task_status.started()


async def starter():
    async with trio.open_nursery() as children:
        await children.start(slow_start)  # @mark starter


async def sleeper():
    await trio.sleep(20)  # @mark sleeper


async def forever():
    await trio.sleep_forever()  # @mark forever


async def endless():
    await trio.sleep(math.inf)  # @mark endless


async def timed(go):
    with trio.move_on_after(30):
        await go.wait()


async def reader(stream):
    await stream.recv(10)  # @mark reader


async def accepting(listener):
    await listener.accept()


async def piped(pipe):
    async with pipe:
        await pipe.receive_some(1)  # @mark piped


async def process():
    command = [sys.executable, "-c", "input()"]
    child = await trio.lowlevel.open_process(command, stdin=subprocess.PIPE)
    try:
        await child.wait()  # @mark process
    finally:
        child.kill()
        with trio.CancelScope(shield=True):
            await child.stdin.aclose()
            await child.wait()


async def signals():
    with trio.open_signal_receiver(signal.SIGUSR2) as arriving:
        async for _ in arriving:  # @mark signals
            pass


def job(release):
    release.wait()  # @mark job


async def threaded(release):
    await trio.to_thread.run_sync(job, release, thread_name="digger")  # @mark threaded


async def parked(lot):
    await lot.park()  # @mark parked


async def custom():
    def abort(_):
        return trio.lowlevel.Abort.SUCCEEDED

    await trio.lowlevel.wait_task_rescheduled(abort)  # @mark custom


async def shielded(scope, go):
    with scope, trio.CancelScope(shield=True):
        await go.wait()  # @mark shielded


def look():
    return "look"  # @mark look


async def main():
    go, pool, strict = trio.Event(), Pool(), trio.StrictFIFOLock()
    ready, tickets, limiter = trio.Condition(), trio.Semaphore(0), trio.CapacityLimiter(1)
    outbox, inbox = trio.open_memory_channel(3)  # @mark opened
    full, _unread = trio.open_memory_channel(0)
    near, far = trio.socket.socketpair()
    listener = trio.socket.socket()
    await listener.bind(("127.0.0.1", 0))
    listener.listen()
    pipe_out, pipe_in = os.pipe()
    pipe, lot, scope = trio.lowlevel.FdStream(pipe_out), trio.lowlevel.ParkingLot(), None
    release, scope = threading.Event(), trio.CancelScope()
    async with trio.open_nursery() as everybody:
        for function, *arguments in (
            (event, go),
            (owner, pool),
            (locked, pool),
            (strict_owner, strict),
            (strict_locked, strict),
            (condition, ready),
            (semaphore, tickets),
            (borrower, limiter),
            (limited, limiter),
            (receiver, inbox),
            (holds_sender, outbox.clone()),
            (sender, full),
            (nursery,),
            (starter,),
            (sleeper,),
            (forever,),
            (endless,),
            (timed, go),
            (reader, near),
            (accepting, listener),
            (piped, pipe),
            (process,),
            (signals,),
            (threaded, release),
            (parked, lot),
            (custom,),
            (shielded, scope, go),
        ):
            everybody.start_soon(function, *arguments)
        try:
            await trio.testing.wait_all_tasks_blocked(0.05)
            scope.cancel()  # @mark cancels
            await trio.testing.wait_all_tasks_blocked(0.05)
            look()
        finally:
            release.set()
            go.set()
            os.close(pipe_in)
            for each in (near, far, listener):
                each.close()
        everybody.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)
