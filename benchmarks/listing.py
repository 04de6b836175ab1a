"""``python -m benchmarks.listing``: what `tasks`, `why` and `deadlock` cost with very many tasks.

Owns: processor time and memory of these commands, in one held run.  Does not own: small lists.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import trio

from stepdbg.commands.interpreter import Interpreter
from stepdbg.engine.running.session import Session
from stepdbg.model.protocols import Controller, Inspector
from stepdbg.model.stops import Asked, Continue, Event, Resume, Stop
from stepdbg.render.text import render_reply

LISTS = ("tasks", "tasks worker 1..100")
"""The whole list, equal tasks folded; and a page of it."""

CLAIMS = ("why", "deadlock")
ALL = ("why -a", "deadlock")
"""Who can never go on, among very many that wait."""


class Lists:
    """A front end that gives commands at the second stop.

    count: how many tasks there are, for the table.  repeats: how often each command is given.
    """

    wants_recorder = False
    takes_ctrl_c = False

    def __init__(self, count: int, repeats: int, commands: tuple[str, ...]) -> None:
        self._count, self._commands = count, commands
        self._repeats = repeats
        self._stops = 0

    def would_answer(self) -> bool:
        """No."""
        return False

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Nothing to prepare."""

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Go on; the second time, give the commands."""
        self._stops += 1
        if self._stops == 2:
            interpreter = Interpreter(controller)
            interpreter.begin_stop(stop, inspector)
            for line in self._commands:
                print(self._row(interpreter, line), flush=True)
        return Continue()

    def _row(self, interpreter: Interpreter, line: str) -> str:
        before, times = memory(), []
        for _ in range(self._repeats):
            began = time.process_time()
            for reply in interpreter.feed(line).replies:
                render_reply(reply, 80)
            times.append(time.process_time() - began)
        cost = f"{statistics.median(times) * 1000:.0f} | {max(times) * 1000:.0f}"
        return f"| {self._count:,} | `{line}` | {cost} | {memory() - before:+.0f} |"

    def on_event(self, event: Event) -> None:
        """Nobody looks."""

    def close(self) -> None:
        """Nothing is held."""


def memory() -> float:
    """MiB that this process has in memory now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def worker(event: trio.Event) -> None:
    """The outermost of six functions."""
    await middle(event)


async def middle(event: trio.Event) -> None:
    """The next one."""
    await inner(event)


async def inner(event: trio.Event) -> None:
    """The next one; three of Trio's are further in."""
    await event.wait()


async def crowd(count: int, stop: Callable[[], None]) -> None:
    """Let many tasks wait, and stop."""
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(worker, event)
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        stop()
        event.set()


async def stuck_crowd(count: int, stop: Callable[[], None]) -> None:
    """Let many tasks wait, each for what the next one has, and stop."""
    async with trio.open_nursery() as nursery:
        await begin_stuck(nursery, count)
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        stop()
        nursery.cancel_scope.cancel()


async def begin_stuck(nursery: trio.Nursery, count: int) -> None:
    """Begin them, so that nobody else has what they wait for."""
    events = [trio.Event() for _ in range(count)]
    for number, event in enumerate(events):
        nursery.start_soon(sets_later, event, events[number - 1])


async def sets_later(mine: trio.Event, other: trio.Event) -> None:
    """Wait for one, then set the other."""
    await mine.wait()
    other.set()


class Job:
    """Something with much in it: two hundred rows."""

    def __init__(self) -> None:
        self.done = trio.Event()
        self.rows = [{"id": number, "tags": [number]} for number in range(200)]


async def laden_crowd(count: int, stop: Callable[[], None]) -> None:
    """Let many tasks wait, each for what nobody has but itself, among much else; and stop."""

    async def work(job: Job) -> None:
        await job.done.wait()

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(work, Job())
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        stop()
        nursery.cancel_scope.cancel()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.listing", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="lists of each size (default: 5)")
    options = parser.parse_args()
    print("| tasks | command | ms CPU: median | most | MiB kept |\n|--:|---|--:|--:|--:|")
    for count in (10_000, 100_000):
        measure(crowd, Lists(count, options.repeats, LISTS), count)
    for count in (100, 10_000):
        measure(stuck_crowd, Lists(count, options.repeats, CLAIMS), count)
    for program in (stuck_crowd, crowd):
        for count in (100, 10_000):
            measure(program, Lists(count, options.repeats, ("why -a",)), count)
    for count in (100, 1_000):
        measure(laden_crowd, Lists(count, options.repeats, ALL), count)


def measure(
    program: Callable[[int, Callable[[], None]], Awaitable[None]], lists: Lists, count: int
) -> None:
    """Run a program of so many tasks under a front end that gives commands."""
    session = Session(lists)
    session.install()
    try:
        trio.run(
            program, count, lambda: session.pause(sys._getframe(1), Asked(time.perf_counter()))
        )
    finally:
        session.uninstall()


if __name__ == "__main__":
    main()
