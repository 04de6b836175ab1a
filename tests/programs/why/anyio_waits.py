"""Tasks that wait for primitives of anyio; `main` looks around once they all do."""

import threading

import anyio
import anyio.from_thread
import anyio.to_thread
import trio.testing


async def event(go):
    await go.wait()  # @mark event


async def owner(lock):
    async with lock:
        await anyio.sleep(50)


async def locked(lock):
    await anyio.lowlevel.checkpoint()
    async with lock:  # @mark locked
        pass


async def semaphore(tickets):
    await tickets.acquire()  # @mark semaphore


async def limited(limiter):
    async with limiter:  # @mark limited
        pass


async def condition(ready):
    async with ready:
        await ready.wait()  # @mark condition


async def receiver(inbox):
    await inbox.receive()  # @mark receiver


async def sender(full):
    await full.send(1)  # @mark sender


async def group():
    async with anyio.create_task_group() as children:  # @mark group
        children.start_soon(anyio.sleep, 50)


async def starter():
    async with anyio.create_task_group() as children:
        await children.start(slow_start)  # @mark starter


async def slow_start(task_status):
    await anyio.sleep(50)
    task_status.started()


async def sleeper():
    await anyio.sleep(20)  # @mark sleeper


def job(release):
    release.wait()  # @mark job


async def threaded(release):
    await anyio.to_thread.run_sync(job, release)  # @mark threaded


def calls_back(go):
    anyio.from_thread.run(back, go)  # @mark calls


async def back(go):
    await go.wait()  # @mark back


async def called(go):
    await anyio.to_thread.run_sync(calls_back, go)  # @mark called


def in_portal(go, portal):
    try:
        portal.call(back, go)
    except BaseException as error:  # the debugger has quit the run
        print(type(error).__name__)


async def portal(go):
    async with anyio.from_thread.BlockingPortal() as door:
        threading.Thread(target=in_portal, args=(go, door), daemon=True).start()
        await go.wait()  # @mark portal


def look():
    return "look"


async def main():
    go, lock, tickets = anyio.Event(), anyio.Lock(), anyio.Semaphore(0)
    limiter, ready, release = anyio.CapacityLimiter(1), anyio.Condition(), threading.Event()
    outbox, inbox = anyio.create_memory_object_stream(2)
    full, unread = anyio.create_memory_object_stream(0)
    limiter.acquire_nowait()
    with outbox, inbox, full, unread:
        async with anyio.create_task_group() as everybody:
            for function, *arguments in (
                (event, go),
                (owner, lock),
                (locked, lock),
                (semaphore, tickets),
                (limited, limiter),
                (condition, ready),
                (receiver, inbox),
                (sender, full),
                (group,),
                (starter,),
                (sleeper,),
                (threaded, release),
                (called, go),
                (portal, go),
            ):
                everybody.start_soon(function, *arguments)
            try:
                await trio.testing.wait_all_tasks_blocked(0.1)
                look()
            finally:
                go.set()
                release.set()
            everybody.cancel_scope.cancel()


if __name__ == "__main__":
    anyio.run(main, backend="trio")
