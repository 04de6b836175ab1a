"""``python -m benchmarks``: every workload under every setting, as a Markdown table.

Owns: the command line.  Takes about ten minutes of a quiet machine with the usual 25 pairs.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Iterator

import trio

from .settings import CONTROL, SETTINGS
from .table import Row, lines
from .workloads import WORKLOADS


def measure_all(count: int, workloads: list[str], settings: list[str]) -> Iterator[Row]:
    """One child process for each row, one after the other."""
    for workload in workloads:
        for setting in settings:
            command = [sys.executable, "-m", "benchmarks.pairs", workload, setting, str(count)]
            child = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            yield Row.of(workload, setting, json.loads(child.stdout))


def chosen(names: dict[str, object], wanted: str | None) -> list[str]:
    """The names that contain a word, all without one."""
    return [name for name in names if wanted is None or wanted in name]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=25, help="pairs per row (default: 25)")
    parser.add_argument("--workload", metavar="WORD", help="only workloads with this word")
    parser.add_argument("--setting", metavar="WORD", help="only settings with this word")
    options = parser.parse_args()
    settings = chosen(dict(SETTINGS), options.setting)
    if CONTROL not in settings:
        settings.insert(0, CONTROL)
    print(f"Python {platform.python_version()}, Trio {trio.__version__}, {options.pairs} pairs\n")
    rows = measure_all(options.pairs, chosen(dict(WORKLOADS), options.workload), settings)
    for line in lines(rows, CONTROL):
        print(line, flush=True)


if __name__ == "__main__":
    main()
