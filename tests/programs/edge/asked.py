"""Tasks that wait in many ways, amid objects that note when somebody asks for their class."""

import contextlib
import signal
import socket

import greenlet  # noqa: F401  # from then on variables are looked through for greenlets
import trio

RAN = []
"""Which code of theirs has run since all tasks have begun to wait."""


class Asked:
    """Notes each look-up of an attribute."""

    def __getattribute__(self, name):
        RAN.append(name)
        return object.__getattribute__(self, name)

    @property
    def __class__(self):
        RAN.append("__class__")
        return Asked


class Manager(Asked):
    """Also a context manager and an iterator, which stay on a frame's value stack."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def __iter__(self):
        return self

    def __next__(self):
        return self

    def __await__(self):
        return (yield from trio.sleep(60).__await__())


class Handler(Asked):
    def __call__(self, *_):
        return None


class Holder:
    """Has them in attributes, in items and as its own."""

    def __init__(self):
        self.asked, self.items, self.named = Asked(), [Asked()], {"a": Asked()}

    async def sleeps(self, asked):  # noqa: ARG002  # it is looked at
        await trio.sleep(50)

    async def locks(self, lock, asked):  # noqa: ARG002  # it is looked at
        async with lock:
            await trio.sleep(40)

    async def receives(self, end, asked):  # noqa: ARG002  # it is looked at
        async for each in end:
            print(each)

    async def has_end(self, end, asked):  # noqa: ARG002  # it is looked at
        async with end:
            await trio.sleep(45)


async def in_block(event):
    with Manager() as manager, contextlib.suppress(LookupError):
        for each in manager:
            await event.wait()
            return each
    return None


async def awaits_it():
    await Manager()


async def reads(stream, asked):
    await stream.receive_some()


async def gets(file, asked):
    await file.recv(1)


async def threads(asked):
    with trio.move_on_after(30):
        await trio.to_thread.run_sync(socket.socket.recv, BLOCKING[0], 1, abandon_on_cancel=True)


async def waits_for(condition, asked):
    async with condition:
        await condition.wait()


async def takes(limiter, asked):
    async with limiter:
        await trio.sleep(35)


MODULE_HAS = Asked()
BLOCKING = socket.socketpair()


def look():
    return "look"  # @mark look


async def main():
    before = signal.signal(signal.SIGUSR2, Handler())
    holder, asked, event, lock = Holder(), Asked(), trio.Event(), trio.Lock()
    send, receive = trio.open_memory_channel(0)
    ours, theirs = trio.socket.socketpair()
    more, kept = trio.socket.socketpair()
    stream = trio.SocketStream(ours)
    limiter = trio.CapacityLimiter(1)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(holder.sleeps, asked)
            nursery.start_soon(holder.locks, lock, asked)
            nursery.start_soon(holder.locks, lock, asked)
            nursery.start_soon(holder.receives, receive, asked)
            nursery.start_soon(holder.has_end, send, asked)
            nursery.start_soon(in_block, event)
            nursery.start_soon(awaits_it)
            nursery.start_soon(reads, stream, asked)
            nursery.start_soon(gets, more, asked)
            nursery.start_soon(threads, asked)
            nursery.start_soon(waits_for, trio.Condition(), asked)
            nursery.start_soon(takes, limiter, asked)
            nursery.start_soon(takes, limiter, asked)
            await trio.sleep(0.01)
            del RAN[:]
            look()
            nursery.cancel_scope.cancel()
    finally:
        signal.signal(signal.SIGUSR2, before)
        for each in (*BLOCKING, ours, theirs, more, kept):
            each.close()


if __name__ == "__main__":
    trio.run(main)
