"""What is run: small programs that do nothing but what is measured.

Owns: the workloads.  Does not own: under which setting they run, or the clock.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

import trio
from trio.testing import MockClock

Workload = Callable[[], Awaitable[None]]

CHECKPOINTS = 200_000
SPAWNS = 100_000
BATCH = 1_000
MESSAGES = 3_000
TIMERS = 10_000
EVENTS = 20_000
ECHOES = 300
LINES = 3_000_000
IDLE_PASSES = 20_000
STEPS_BESIDE = 50_000


async def pass_checkpoints(count: int) -> None:
    """Take `count` steps that do nothing."""
    for _ in range(count):
        await trio.lowlevel.checkpoint()


async def one_task() -> None:
    """A checkpoint storm in the main task: the queue never holds more than one task."""
    await pass_checkpoints(CHECKPOINTS)


async def hundred_tasks() -> None:
    """The same number of checkpoints by a hundred tasks, so that batches are long."""
    async with trio.open_nursery() as nursery:
        for _ in range(100):
            nursery.start_soon(pass_checkpoints, CHECKPOINTS // 100)


def never_run() -> None:
    """Holds a line for breakpoints that are never reached."""
    raise AssertionError


async def nothing() -> None:
    """A task's whole life."""


async def spawn_storm() -> None:
    """Tasks that are over after their first step, a thousand at a time."""
    for _ in range(SPAWNS // BATCH):
        async with trio.open_nursery() as nursery:
            for _ in range(BATCH):
                nursery.start_soon(nothing)


async def among_thousand() -> None:
    """Checkpoints of a thousand tasks beside one with a name of its own."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pass_checkpoints, 150, name="watched")
        for _ in range(1_000):
            nursery.start_soon(pass_checkpoints, 150)


async def beside_hundred() -> None:
    """The checkpoints of one task, beside a hundred that take one each."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pass_checkpoints, STEPS_BESIDE, name="watched")
        for _ in range(100):
            nursery.start_soon(trio.lowlevel.checkpoint)


async def sleep_on() -> None:
    """Passes in which nothing is runnable, on a clock that jumps to the next deadline."""
    for _ in range(IDLE_PASSES):
        await trio.sleep(1)


async def ping_pong() -> None:
    """Ten pairs of tasks hand each other messages over channels without a buffer."""
    async with trio.open_nursery() as nursery:
        for _ in range(10):
            send, receive = trio.open_memory_channel[int](0)
            nursery.start_soon(_send_all, send)
            nursery.start_soon(receive_all, receive)


async def set_events() -> None:
    """Events that are set once each, with nobody waiting: what is noted of objects, and no step."""
    for _ in range(EVENTS):
        trio.Event().set()


async def _send_all(send: trio.MemorySendChannel[int]) -> None:
    async with send:
        for number in range(MESSAGES):
            await send.send(number)


async def receive_all(receive: trio.MemoryReceiveChannel[int]) -> None:
    """Take what comes, to the end."""
    async for _ in receive:
        pass


async def sleepers() -> None:
    """Ten thousand deadlines at once."""
    async with trio.open_nursery() as nursery:
        for number in range(TIMERS):
            nursery.start_soon(trio.sleep, number / TIMERS / 5)


async def echoes() -> None:
    """Ten clients of an echo server on the loopback interface."""
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, _echo, 0)
        port = listeners[0].socket.getsockname()[1]
        async with trio.open_nursery() as clients:
            for _ in range(10):
                clients.start_soon(_talk, port)
        nursery.cancel_scope.cancel()


async def _echo(stream: trio.SocketStream) -> None:
    async for chunk in stream:
        await stream.send_all(chunk)


async def _talk(port: int) -> None:
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        for _ in range(ECHOES):
            await stream.send_all(b"hello")
            await stream.receive_some(100)


async def compute() -> None:
    """Plain lines, which never come to a checkpoint."""
    total = 0
    for number in range(LINES):
        total += number
        total ^= 3
    await trio.lowlevel.checkpoint()


async def call() -> None:
    """Calls of a small function."""
    total = 0
    for _ in range(LINES):
        total = _called(total)
    await trio.lowlevel.checkpoint()


def _called(number: int) -> int:
    return number + 1


WORKLOADS: dict[str, Workload] = {
    "checkpoints, 1 x 200,000": one_task,
    "checkpoints, 100 x 2,000": hundred_tasks,
    "checkpoints, 1,001 x 150": among_thousand,
    "checkpoints, 50,000 beside 100 tasks": beside_hundred,
    "idle passes, 20,000 under autojump": sleep_on,
    "channels, 10 pairs": ping_pong,
    "events, 20,000 that are set": set_events,
    "spawns, 100 x 1,000": spawn_storm,
    "timers, 10,000": sleepers,
    "TCP echo, 10 clients": echoes,
    "lines": compute,
    "calls": call,
}
"""By the name that the table shows."""


def clock_of(workload: Workload) -> MockClock | None:
    """The clock that a workload brings, None for Trio's own."""
    return MockClock(autojump_threshold=0) if workload is sleep_on else None


if __name__ == "__main__":
    chosen = WORKLOADS[sys.argv[1]]
    trio.run(chosen, clock=clock_of(chosen))
