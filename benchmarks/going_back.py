"""``python -m benchmarks.going_back``: what a way back costs, and how long it takes to go it.

Owns: the programs, and the Markdown tables.
Does not own: the instructions of a step beside a copy (`benchmarks.instructions`, setting "copy").

The first table is about the time from the call of `trio.run` to the first line of `main` under
``--record``, without a copy and with one: where a pipe is open when the run begins, none is made.
The second one has the processor time of one re-execution, which that process itself tells.  The
third one compares that with the processor time that the run itself has taken, from its start to the
stop, while it was recorded.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_KEPT = """
import os
import time
import trio

ballast = [b"x" * (1 << 20) for _ in range({size})]
kept = {kept}

async def main():
    print(time.process_time() - began[0], time.perf_counter() - began[1])

began = time.process_time(), time.perf_counter()
trio.run(main)
"""

_STEPS = """
import trio

async def worker(count):
    for _ in range(count):
        sum(range({work}))
        await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(worker, {steps} // 4)
    print("done")

trio.run(main)
"""

_SIZES = (1, 100, 500)
_COUNTS = (100, 1_000, 10_000)
_WORKING, _WORKS = 2_000, (0, 5_000, 50_000)
_TELL = "p __import__('time').process_time()"


def _words(script: Path, *commands: str) -> list[str]:
    typed = [word for command in commands for word in ("-c", command)]
    return [sys.executable, "-m", "stepdbg", "--record", *typed, str(script)]


def copy_row(folder: Path, size: int, count: int) -> str:
    """What the copy adds.  size: of what the program has in memory, in MiB."""
    both = []
    for name, kept in (("without.py", "os.pipe()"), ("with.py", "None")):
        (folder / name).write_text(_KEPT.format(size=size, kept=kept), "utf-8")
        both.append(_words(folder / name, "continue", "p 1"))
    told: list[tuple[list[float], ...]] = []
    for _ in range(count):
        children = [subprocess.run(words, capture_output=True, check=True) for words in both]
        told.append(tuple([float(each) for each in child.stdout.split()] for child in children))
    columns = []
    for which in (0, 1):  # of the processor, of the clock on the wall
        columns.append(statistics.median(before[which] for before, _ in told))
        columns.append(statistics.median(after[which] - before[which] for before, after in told))
    shown = " | ".join(f"{each * 1000:.1f}" for each in columns)
    return f"| {size} MiB | {shown} |"


def back_row(folder: Path, steps: int, count: int) -> str:
    """What it takes to execute so many steps once more, for `back` at the end."""
    script = folder / "steps.py"
    script.write_text(_STEPS.format(steps=steps, work=0), "utf-8")
    taken = [seconds for _, seconds in _journeys(script, count)]
    least, middle = min(taken), statistics.median(taken)
    return f"| {steps:,} | {middle:.3f} | {least:.3f} | {max(taken):.3f} |"


def work_row(folder: Path, work: int, count: int) -> str:
    """What it takes to execute steps once more that take some time.  work: numbers to add up."""
    script = folder / "work.py"
    script.write_text(_STEPS.format(steps=_WORKING, work=work), "utf-8")
    both = _journeys(script, count)
    run = statistics.median(live for live, _ in both)
    times = statistics.median(back / live for live, back in both)
    return f"| {run / _WORKING * 1e6:,.0f} µs | {run:.2f} | {times:.2f} |"


def _journeys(script: Path, count: int) -> list[tuple[float, float]]:
    """Processor seconds of the run up to line 13, and of `back` from there."""
    words = _words(script, _TELL, "break 13", "continue", _TELL, "back", _TELL, "quit!", "quit!")
    both = []
    for _ in range(count):
        child = subprocess.run(words, capture_output=True, text=True, check=False)
        told = re.findall(rf"{re.escape(_TELL)}\n([\d.e-]+)", child.stderr)
        assert len(told) == 3, child.stderr
        start, stop, back = map(float, told)
        both.append((stop - start, back))
    return both


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.going_back", description=__doc__)
    parser.add_argument("--count", type=int, default=9, help="processes of each row")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(
            "| the program has | processor, ms | more with a copy | clock, ms | more with a copy |"
        )
        print("|---|--:|--:|--:|--:|")
        for size in _SIZES:
            print(copy_row(folder, size, options.count), flush=True)
        print("\n| steps | processor time of `back`, s: median | least | most |\n|--:|--:|--:|--:|")
        for steps in _COUNTS:
            print(back_row(folder, steps, options.count), flush=True)
        print("\n| a step | the run, s | `back`, times that |\n|--:|--:|--:|")
        for work in _WORKS:
            print(work_row(folder, work, options.count), flush=True)


if __name__ == "__main__":
    main()
