"""What the memory does while a program runs on and on with everything switched on.

Owns: the program and its two looks.  Does not own: any claim.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

PROGRAM = """
import resource, sys, trio

async def work(first, second):
    for count in first, second - first:
        for _ in range(count):
            await trio.lowlevel.checkpoint()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr, flush=True)

trio.run(work, int(sys.argv[1]), int(sys.argv[2]))
"""

BREAKPOINTS = ("break task nobody", "break slow 100s", "break exception KeyError", "lints on")


def growth(first: int, second: int) -> float:
    """MiB that the peak grows between two counts of steps, under stepdbg with everything on."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(PROGRAM)
        file.flush()
        commands = [word for line in (*BREAKPOINTS, "continue") for word in ("-c", line)]
        command = [sys.executable, "-m", "stepdbg", "--record", *commands, file.name]
        child = subprocess.run(
            [*command, str(first), str(second)], capture_output=True, text=True, check=True
        )
    before, after = (int(line) for line in child.stderr.split() if line.isdecimal())
    return (after - before) / 1024


def row(first: int, second: int) -> str:
    """The line of the table."""
    grown = growth(first, second)
    return f"Peak memory after {second:,} steps less that after {first:,}: {grown:.1f} MiB."
