"""``python -m benchmarks.exploring``: schedules a second of processor time, and memory.

Owns: the programs, and the Markdown table.  Does not own: any claim.

Each cell is one exploration in a process of its own, with one worker.  Counted is the processor
time of the forked processes, which leaves out starting up.  ``--schedules N`` says how many a cell
has, ``--memory`` compares the peak of so many with that of ten times as many.

The last three columns: a test of pytest that runs the program (two sizes, and the difference of
what both take), `trio.run` by itself, and detangle with the same program for asyncio.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import trio

from stepdbg.engine.exploring.calls import call_of
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import ExploreWish

from . import detangled


def stepping(tasks: int, steps: int) -> Callable[[], Awaitable[None]]:
    """Tasks that do something at each of so many steps."""

    async def main() -> None:
        done: list[int] = []

        async def work() -> None:
            for _ in range(steps - 1):
                done.append(1)
                await trio.lowlevel.checkpoint()
            done.append(1)

        async with trio.open_nursery() as nursery:
            for _ in range(tasks):
                nursery.start_soon(work)
        assert len(done) == tasks * steps

    return main


async def locking() -> None:
    """Five tasks that share a lock, a channel and a timeout: some 60 steps."""
    lock, count = trio.Lock(), 0
    send, receive = trio.open_memory_channel[int](2)

    async def work(sender: trio.MemorySendChannel[int]) -> None:
        nonlocal count
        async with sender:
            for _ in range(2):
                async with lock:
                    count += 1
                    await trio.lowlevel.checkpoint()
                with trio.move_on_after(1):
                    await sender.send(count)

    async with trio.open_nursery() as nursery, receive:
        for _ in range(5):
            nursery.start_soon(work, send.clone())
        send.close()
        async for _ in receive:
            pass
    assert count == 10


PROGRAMS: dict[str, Callable[[], Awaitable[None]]] = {
    "3 tasks, 10 steps": stepping(3, 3),
    "5 tasks, 30 steps": stepping(5, 6),
    "5 tasks with a lock and a channel, 60 steps": locking,
    "100 tasks, 500 steps": stepping(100, 5),
}

STRATEGIES = ("portfolio", "urw", "rw", "pos", "pct", "bounded", "exhaustive")


_TEST = """
import trio
from benchmarks.exploring import PROGRAMS

def test_it():
    trio.run(PROGRAMS[{program!r}])
"""


def in_pytest(program: str, schedules: int) -> dict[str, float]:
    """What more schedules of a test take, which has set-up and teardown in each."""
    few, taken = max(1, schedules // 10), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        test = Path(folder, "test_it.py")
        test.write_text(_TEST.format(program=program), "utf-8")
        for count in (few, schedules):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
            words += ["--rootdir", folder, "--stepdbg-explore-budget", str(count), str(test)]
            subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return {"schedules": schedules - few, "processor": taken[1] - taken[0]}


def by_itself(program: str, schedules: int) -> dict[str, float]:
    """What so many runs take that nobody explores."""
    trio.run(PROGRAMS[program])
    before = time.process_time()
    for _ in range(schedules):
        trio.run(PROGRAMS[program])
    return {"schedules": schedules, "processor": time.process_time() - before}


BESIDE: dict[str, Callable[[str, int], dict[str, float]]] = {
    "pytest": in_pytest,
    "trio.run": by_itself,
    "detangle": detangled.explored,
}


def explored(program: str, strategy: str, schedules: int) -> dict[str, float]:
    """What one exploration in this process comes to.  strategy: also one of `BESIDE`."""
    if strategy in BESIDE:
        return BESIDE[strategy](program, schedules)
    wish = ExploreWish(schedules=schedules, seconds=None, seed=1, strategy=strategy)
    verdict = Search(call_of(PROGRAMS[program], ()), wish, lambda *_: None).verdict()
    assert not verdict.faults, verdict
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "schedules": verdict.schedules,
        "processor": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
    }


def measured(program: str, strategy: str, schedules: int) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.exploring", "--one", program, strategy]
    command += ["--schedules", str(schedules)]
    child = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(child.stdout)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exploring", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000, help="of each row")
    parser.add_argument("--memory", action="store_true", help="the peak, instead of the speed")
    columns = (*STRATEGIES, *BESIDE)
    parser.add_argument("--strategy", choices=columns, help="only this column")
    parser.add_argument("--one", nargs=2, metavar=("PROGRAM", "STRATEGY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        program, strategy = options.one
        print(json.dumps(explored(program, strategy, options.schedules)))
        return
    if options.memory:
        few, many = options.schedules, 10 * options.schedules
        grown = [measured("3 tasks, 10 steps", "urw", count)["peak"] for count in (few, many)]
        print(f"Peak of {many:,} schedules less that of {few:,}: {grown[1] - grown[0]:.1f} MiB.")
        return
    strategies = (options.strategy,) if options.strategy else columns
    if not detangled.is_there():
        strategies = tuple(each for each in strategies if each != "detangle")
    print(f"| program | {' | '.join(f'`{each}`' for each in strategies)} |")
    print(f"|---|{'---:|' * len(strategies)}")
    for program in PROGRAMS:
        cells = []
        for strategy in strategies:
            found = measured(program, strategy, options.schedules)
            cells.append(f"{found['schedules'] / found['processor']:,.0f}")
        print(f"| {program} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
