"""One run of a workload of some size under a setting, in a process whose instructions are counted.

``python -m benchmarks.counted WORKLOAD SETTING SIZE``

Owns: the workloads, which take the same way each time, and their settings.
Does not own: counting, or what the numbers mean (`benchmarks.instructions`).
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator

import trio
from trio.lowlevel import Task

from stepdbg.engine.running.session import Session
from stepdbg.engine.tracing import trace
from stepdbg.launcher.recording import RecordWish
from stepdbg.launcher.stats_report import StatsWish
from stepdbg.launcher.timeline_file import TimelineWish
from stepdbg.launcher.trace_file import TraceWish
from stepdbg.model.options import SessionOptions
from stepdbg.model.tape import Tape

from .settings import Continues, Instruments, Setting, bare, simply_on
from .workloads import receive_all

ROUND = 0.06
"""Seconds between the deadlines of `timers`: under Valgrind, too, all tasks wait again by then."""


async def _checkpoints(count: int) -> None:
    for _ in range(count):
        await trio.lowlevel.checkpoint()


async def storm(size: int) -> None:
    """Four tasks take checkpoints."""
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(_checkpoints, size // 4)


async def _send(send: trio.MemorySendChannel[int], size: int) -> None:
    async with send:
        for number in range(size):
            await send.send(number)


async def channels(size: int) -> None:
    """One task sends to another over a channel without a buffer."""
    async with trio.open_nursery() as nursery:
        send, receive = trio.open_memory_channel[int](0)
        nursery.start_soon(_send, send, size)
        nursery.start_soon(receive_all, receive)


async def _lock(lock: trio.Lock, size: int) -> None:
    for _ in range(size):
        async with lock:
            await trio.lowlevel.checkpoint()


async def locks(size: int) -> None:
    """Four tasks take turns with one lock."""
    lock = trio.Lock()
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(_lock, lock, size // 4)


async def _nothing() -> None:
    pass


async def spawns(size: int) -> None:
    """Tasks that end at once, ten in a nursery."""
    for _ in range(size // 10):
        async with trio.open_nursery() as nursery:
            for _ in range(10):
                nursery.start_soon(_nothing)


async def _sleep(begins: float, rounds: int) -> None:
    for number in range(rounds):
        await trio.sleep_until(begins + number * ROUND)


async def timers(size: int) -> None:
    """Ten tasks sleep until the same moment, again and again."""
    begins = trio.current_time() + 0.5
    async with trio.open_nursery() as nursery:
        for _ in range(10):
            nursery.start_soon(_sleep, begins, size // 10)


async def _answer(stream: trio.SocketStream) -> None:
    async for chunk in stream:
        await stream.send_all(chunk)


async def echo(size: int) -> None:
    """A client of an echo server on the loopback interface."""
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, _answer, 0)
        port = listeners[0].socket.getsockname()[1]
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            for _ in range(size):
                await stream.send_all(b"hello")
                await stream.receive_some(100)
        nursery.cancel_scope.cancel()


Counted = Callable[[int], Awaitable[None]]

WORKLOADS: dict[str, tuple[Counted, int]] = {
    "storm": (storm, 6_000),
    "channels": (channels, 2_000),
    "locks": (locks, 2_000),
    "spawns": (spawns, 2_000),
    "timers": (timers, 500),
    "echo": (echo, 500),
}
"""Each with its smaller size; the larger one is three times that."""


class _Floor(trio.abc.Instrument):
    """The hooks of an instrument that notes steps, wakes and ends; they do nothing."""

    def after_task_step(self, task: Task) -> None:
        """Nothing."""

    def task_scheduled(self, task: Task) -> None:
        """Nothing."""

    def task_exited(self, task: Task) -> None:
        """Nothing."""


@contextlib.contextmanager
def floor() -> Iterator[Instruments]:
    """Trio with an instrument that does nothing in the three hooks which a record needs."""
    yield [_Floor()]


def debugged(
    prepare: Callable[[Session, str], object], *, taped: bool = False, **options: bool
) -> Setting:
    """Under stepdbg, let go at the first stop.

    Args:
        prepare: is given the session, and a name for a file which nobody keeps.
        taped: whether there is a tape in memory.
        options: of the session.
    """

    @contextlib.contextmanager
    def setting() -> Iterator[Instruments]:
        with tempfile.TemporaryDirectory() as folder:
            tape = Tape() if taped else None
            session = Session(Continues((), simply_on), SessionOptions(tape=tape, **options))  # type: ignore[arg-type]  # all of them are flags
            prepare(session, folder)
            session.install()
            yield []
            session.uninstall()
            sys.stdout.flush()
            os._exit(0)  # what is done when a process ends is not counted

    return setting


def _nothing_more(_session: Session, _folder: str) -> None:
    pass


def _record(session: Session, folder: str) -> None:
    wish = RecordWish(f"{folder}/run.rec")
    wish.check()
    wish.prepare(session)


def _trace(session: Session, folder: str) -> None:
    # Under Valgrind a step takes some fifty times as long, and so few would be handed over at once.
    setattr(trace, "_LATEST", 50 * trace._LATEST)  # noqa: B010 - a constant
    wish = TraceWish()
    wish.on, wish.path = True, f"{folder}/trace.txt"
    wish.check()
    wish.prepare(session)


def _stats(session: Session, _folder: str) -> None:
    StatsWish().prepare(session)


def _timeline(session: Session, folder: str) -> None:
    wish = TimelineWish(f"{folder}/timeline.html")
    wish.check()
    wish.prepare(session)


SETTINGS: dict[str, Setting] = {
    "bare": bare,
    "floor": floor,
    "nothing set": debugged(_nothing_more),
    "ring": debugged(_nothing_more, record=True),
    "tape": debugged(_nothing_more, taped=True, record=True),
    "record-to": debugged(_record),
    "trace": debugged(_trace),
    "stats": debugged(_stats),
    "timeline": debugged(_timeline, record=True),
    "step log": debugged(_nothing_more, record=True, spawn_paths=True),
}


async def _measured(workload: Counted, size: int) -> None:
    """A workload, beside which the garbage collector does not look through the whole process.

    That takes as long as hundreds of rounds, and comes when it comes.
    """
    gc.collect()
    gc.freeze()
    await workload(size)


def main() -> None:
    """Run what the command line says."""
    workload, setting, size = sys.argv[1:]
    with SETTINGS[setting]() as instruments:
        trio.run(_measured, WORKLOADS[workload][0], int(size), instruments=instruments)


if __name__ == "__main__":
    main()
