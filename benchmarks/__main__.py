"""``python -m benchmarks``: what stepdbg costs, as Markdown tables.

Owns: the command line.  With the usual 25 pairs it takes some twenty minutes of a quiet
machine; ``--part`` takes one table after the other, ``--quick`` a look.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator

import trio

from . import memory, processes, stopped, terminal
from .rows import ROWS
from .table import Row, lines

PEERS_SHARE = 5
"""A peer's row has this many times fewer pairs: it is there for orientation."""


def loop(options: argparse.Namespace) -> Iterator[str]:
    """The loop's own CPU time, each row in a child process."""
    return lines(_loop_rows(options), "bare (control)")


def _loop_rows(options: argparse.Namespace) -> Iterator[Row]:
    for workload, settings in ROWS.items():
        if options.workload not in workload:
            continue
        for setting in settings:
            control = setting == settings[0]
            if not control and options.setting not in setting:
                continue
            count = options.pairs if control or "stepdbg" in setting else few(options.pairs)
            command = [sys.executable, "-m", "benchmarks.pairs", workload, setting, str(count)]
            child = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            yield Row.of(workload, setting, json.loads(child.stdout))


def few(pairs: int) -> int:
    """Pairs for a peer's row."""
    return max(pairs // PEERS_SHARE, 2)


def process(options: argparse.Namespace) -> Iterator[str]:
    """Whole processes."""
    return lines(processes.rows(options.pairs, few(options.pairs)), processes.CONTROL)


def growth(options: argparse.Namespace) -> Iterator[str]:
    """Memory; ten times the steps."""
    first = 20_000 if options.quick else 1_000_000
    yield memory.row(first, 10 * first)


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "loop": loop,
    "process": process,
    "stopped": lambda options: stopped.rows(few(options.pairs)),
    "terminal": lambda options: terminal.rows(few(options.pairs)),
    "memory": growth,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=25, help="pairs per row (default: 25)")
    parser.add_argument("--quick", action="store_true", help="few pairs, small counts")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this table")
    parser.add_argument("--workload", metavar="WORD", default="", help="rows with this word alone")
    parser.add_argument("--setting", metavar="WORD", default="", help="rows with this word alone")
    options = parser.parse_args()
    if options.quick:
        options.pairs = 3
    print(f"Python {platform.python_version()}, Trio {trio.__version__}, {options.pairs} pairs")
    for part in options.part or PARTS:
        print(f"\n### {part}\n", flush=True)
        for line in PARTS[part](options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
