"""Whole processes: the same workloads, from the start of Python to its end.

Owns: CPU time of a process, bare and under a debugger, in turn (A B A B).
Does not own: the workloads.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator

from .table import Pairs, Row
from .workloads import never_run

WORKLOADS = ("checkpoints, 100 x 2,000", "spawns, 100 x 1,000", "lines")
CONTROL = "bare (control)"

_COLD_LINE = f"{never_run.__code__.co_filename}:{never_run.__code__.co_firstlineno + 2}"

DEBUGGERS: dict[str, tuple[str, ...]] = {
    CONTROL: ("-m",),
    "`stepdbg -c continue`": ("-m", "stepdbg", "-c", "continue", "-m"),
    "stepdbg, a breakpoint that is never reached": (
        *("-m", "stepdbg", "-c", f"break {_COLD_LINE}", "-c", "continue", "-m"),
    ),
    "pdb, a breakpoint that is never reached": (
        *("-m", "pdb", "-c", f"break {_COLD_LINE}", "-c", "continue", "-c", "quit", "-m"),
    ),
    "debugpy, no client": (
        "-Xfrozen_modules=off",
        "-m",
        "debugpy",
        "--listen",
        "127.0.0.1:0",
        "-m",
    ),
}
"""By the name that the table shows: what comes between Python and the module it runs."""


def processor_time(command: list[str]) -> float:
    """Seconds of the processor that a command takes, its output thrown away."""
    null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=null)
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{command} ended with status {status}")
    return used.ru_utime + used.ru_stime


def measure(debugger: str, workload: str, count: int) -> Pairs:
    """`count` pairs, after one that warms up."""
    bare, other = (
        [sys.executable, *DEBUGGERS[each], "benchmarks.workloads", workload]
        for each in (CONTROL, debugger)
    )
    return [(processor_time(bare), processor_time(other)) for _ in range(count + 1)][1:]


def rows(count: int, few: int) -> Iterator[Row | str]:
    """The rows of the table; a debugger that is not installed gives a sentence.

    count: pairs for each of our own rows.  few: pairs for each of a peer's.
    """
    for workload in WORKLOADS:
        for debugger in DEBUGGERS:
            if "debugpy" in debugger and importlib.util.find_spec("debugpy") is None:
                yield f"| {workload} | {debugger} | not installed | | | |"
                continue
            peer = debugger.startswith(("pdb", "debugpy"))
            yield Row.of(workload, debugger, measure(debugger, workload, few if peer else count))
