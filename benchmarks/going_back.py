"""``python -m benchmarks.going_back``: what a way back costs, and how long it takes to go it.

Owns: the programs, and the Markdown tables.
Does not own: the instructions of a step beside a copy (`benchmarks.instructions`, setting "copy").

The first table is about the time from the call of `trio.run` to the first line of `main` under
``--record``, without a copy and with one: where a pipe is open when the run begins, none is made.
The second one has the processor time of one re-execution, which that process itself tells.
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
    script.write_text(_STEPS.format(steps=steps), "utf-8")
    words = _words(script, "break 12", "continue", "back", _TELL, "quit!", "quit!")
    taken = []
    for _ in range(count):
        child = subprocess.run(words, capture_output=True, text=True, check=False)
        _, _, said = child.stderr.partition(f"(stepdbg: past) {_TELL}\n")
        found = re.match(r"[\d.e-]+", said)
        assert found is not None, child.stderr
        taken.append(float(found[0]))
    least, middle = min(taken), statistics.median(taken)
    return f"| {steps:,} | {middle:.3f} | {least:.3f} | {max(taken):.3f} |"


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


if __name__ == "__main__":
    main()
