"""Tasks that can be steered: one that works, one that waits, a channel and a lock between them."""

from __future__ import annotations

import contextvars
import threading

import trio

who = contextvars.ContextVar("who", default="nobody")
log: list[str] = []
of_main = trio.Lock()


async def answer(value: int) -> int:
    await trio.sleep(0.01)
    return value


async def answer_after(entry: str, value: int) -> int:
    while entry not in log:
        await trio.lowlevel.checkpoint()
    return value


async def forever() -> None:
    await trio.sleep_forever()


async def in_thread() -> str:
    name = await trio.to_thread.run_sync(lambda: threading.current_thread().name)
    await trio.lowlevel.checkpoint()
    return name


async def worker(name: str, lock: trio.Lock, ended: trio.Event | None = None) -> None:
    who.set(name)
    done = 0
    for _turn in range(3):
        async with lock:
            done += 1  # @mark work
        await trio.lowlevel.checkpoint()  # @mark pause
    log.append(f"{name} {done}")
    if ended is not None:
        ended.set()


async def waiter(event: trio.Event) -> None:
    who.set("waiter")
    result = 0
    await event.wait()  # @mark wait
    log.append(f"waiter {result}")


async def canceller() -> None:
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.cancel_shielded_checkpoint()  # @mark cancelled
            await trio.sleep(0.05)
        finally:
            log.append("cleaned up")


async def main() -> None:
    lock = trio.Lock()
    of_main.acquire_nowait()
    event, ended = trio.Event(), trio.Event()
    send, receive = trio.open_memory_channel[int](0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker, "one", lock)
        nursery.start_soon(worker, "two", lock, ended)
        nursery.start_soon(waiter, event)
        nursery.start_soon(canceller)
        with trio.move_on_after(1):  # for ever, if somebody holds that worker
            await ended.wait()
        event.set()  # @mark set
    send.close()
    receive.close()
    print(sorted(log))


if __name__ == "__main__":
    trio.run(main)
