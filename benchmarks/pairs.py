"""Measures one workload under one setting, pair by pair, in a process of its own.

``python -m benchmarks.pairs WORKLOAD SETTING COUNT`` prints a JSON list of pairs of CPU
seconds, bare and under the setting, taken in turn (A B A B), so that whatever else the machine
does falls on both.

Owns: one sample.  Does not own: what the numbers mean (`benchmarks.table`).
"""

from __future__ import annotations

import gc
import json
import sys
import time

import trio

from .settings import SETTINGS, Setting, bare
from .workloads import WORKLOADS, Workload, clock_of


def sample(workload: Workload, setting: Setting) -> float:
    """The CPU seconds of this process that one run takes."""
    with setting() as instruments:
        gc.collect()
        began = time.process_time()
        trio.run(workload, instruments=instruments, clock=clock_of(workload))
        return time.process_time() - began


def measure(workload: Workload, setting: Setting, count: int) -> list[tuple[float, float]]:
    """`count` pairs, after one that warms up."""
    pairs = [(sample(workload, bare), sample(workload, setting)) for _ in range(count + 1)]
    return pairs[1:]


if __name__ == "__main__":
    name, chosen, pair_count = sys.argv[1:]
    print(json.dumps(measure(WORKLOADS[name], SETTINGS[chosen], int(pair_count))))
