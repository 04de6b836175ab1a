"""``python -m benchmarks.status_line``: what the status line of a long `continue` takes.

Owns: a program of checkpoints at a pseudo-terminal, and the processor time of its threads.
Needs pexpect and Linux, which tells that time (``/proc``).
Does not own: what else a run costs (`benchmarks.rows`).

A thread beside the run makes the line, and looks for steps that last.  So the table has what the
other threads of the process take, with and without the line.  A difference of 1 % between the times
of two processes would drown in the noise.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
from pathlib import Path

import pexpect

from .terminal import see_prompt

SECONDS = 6
"""How long the program is busy."""

PROCESSES = 5

PROGRAM = f"""
import os
import sys
import time
from pathlib import Path

import trio

def spent():
    found = {{}}
    for each in Path("/proc/self/task").iterdir():
        found[each.name] = int((each / "schedstat").read_text().split()[0])
    own = found.pop(str(os.getpid()))
    return own, sum(found.values())

async def checkpoints(end):
    while time.perf_counter() < end:
        await trio.lowlevel.checkpoint()

async def main():
    await trio.sleep(1.5)
    before = spent()
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(checkpoints, time.perf_counter() + {SECONDS})
    own, others = (now - then for now, then in zip(spent(), before))
    Path(sys.argv[1]).write_text(f"{{own}} {{others}}")

trio.run(main)
"""

_SHOWN = re.compile(r"[\d.]+ s, [\d,]+ steps, 5 tasks, busy")


def share(program: Path, *, drawn: bool) -> tuple[float, float]:
    """Which part of a process's time its other threads take, and their ms a second of the clock.

    Raises:
        pexpect.TIMEOUT: there was no status line, and it is `drawn`.
    """
    result = program.with_suffix(".txt")
    # The line is at a terminal only if the program writes elsewhere.
    where = ">/dev/null 2>&1" if drawn else ""
    words = ["-c", f"exec {sys.executable} -m stepdbg {program} {result} {where}"]
    child = pexpect.spawn("/bin/sh", words, encoding="utf-8", dimensions=(30, 100))
    child.delaybeforesend = None
    try:
        see_prompt(child)
        child.send("continue\r")
        if drawn:
            child.expect(_SHOWN, timeout=30)
        child.expect(pexpect.EOF, timeout=60 + 10 * SECONDS)
    finally:
        child.close(force=True)
    own, others = map(int, result.read_text(encoding="utf-8").split())
    return others / (own + others), others / 1e6 / SECONDS


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "checkpoints.py")
        program.write_text(PROGRAM, encoding="utf-8")
        found = {drawn: _shares(program, drawn=drawn) for drawn in (False, True)}
    print("| status line | share of the processor time: median | least | most | ms a second |")
    print("|---|--:|--:|--:|--:|")
    for drawn, taken in found.items():
        shares = [100 * part for part, _ in taken]
        print(
            f"| {'drawn' if drawn else 'none'} | {statistics.median(shares):.2f} % "
            f"| {shares[0]:.2f} % | {shares[-1]:.2f} % "
            f"| {statistics.median(spent for _, spent in taken):.2f} |"
        )


def _shares(program: Path, *, drawn: bool) -> list[tuple[float, float]]:
    return sorted(share(program, drawn=drawn) for _ in range(PROCESSES))


if __name__ == "__main__":
    main()
