"""``python -m benchmarks.instructions``: what settings cost, counted in instructions.

Owns: counting (Valgrind's cachegrind), and the table.
Does not own: what is run (`benchmarks.counted`).

Each workload is run in two sizes, and the difference is what one more round takes: start and end
of the process are left out.  A busy machine does not change such numbers.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys

from .counted import SETTINGS, WORKLOADS

VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
_COUNTED = re.compile(r"I\s+refs:\s+([\d,]+)")


def instructions(workload: str, setting: str, size: int) -> int:
    """The instructions that a whole process takes.

    Raises:
        AssertionError: it did not end as it should.
    """
    child = subprocess.run(
        [*VALGRIND, sys.executable, "-m", "benchmarks.counted", workload, setting, str(size)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    if child.returncode:
        raise AssertionError(child.stderr)
    return counted(child.stderr)


def counted(report: str) -> int:
    """The instructions that a report of Valgrind's tells of.  Raises `AssertionError`."""
    found = _COUNTED.search(report)
    if found is None:
        raise AssertionError(report)
    return int(found[1].replace(",", ""))


def per_round(workload: str, setting: str) -> float:
    """The instructions of one round."""
    _, small = WORKLOADS[workload]
    both = [instructions(workload, setting, size) for size in (small, 3 * small)]
    return (both[1] - both[0]) / (2 * small)


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workload", choices=WORKLOADS, action="append", help="only this one")
    parser.add_argument("--setting", choices=SETTINGS, action="append", help="only this one")
    options = parser.parse_args()
    print("| workload | setting | instructions a round | ratio |\n|---|---|--:|--:|")
    for workload in options.workload or WORKLOADS:
        bare = per_round(workload, "bare")
        print(f"| {workload} | bare | {bare:,.0f} | 1.00 |", flush=True)
        for setting in options.setting or SETTINGS:
            if setting != "bare":
                count = per_round(workload, setting)
                line = f"| {workload} | {setting} | {count:,.0f} | {count / bare:.2f} |"
                print(line, flush=True)


if __name__ == "__main__":
    main()
