"""``python -m benchmarks.finding``: how many schedules it takes to find the classic bugs.

Owns: the table of `docs/explore.md`: schedules until found, of each strategy, and what becomes of
a failure (``--explained``).  Does not own: the shapes (tests.explore.shapes).

What is counted does not depend on the machine; the failures of ``--explained`` are made small for
some seconds each, so that a slow machine makes them less small.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from stepdbg.engine.exploring.calls import call_of
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import ExploreWish
from stepdbg.model.exploring import FoundFault
from tests.explore.shapes import SHAPES, apart, burst

STRATEGIES = ("portfolio", "urw", "rw", "pos", "pct", "bounded")
WITHOUT_CHANCE = ("bounded",)
"""One seed says all of these."""

STARTS: dict[str, Callable[..., Any]] = {"burst": burst, "apart": apart}
MOST = 1_000


def found_in(name: str, start: str, wish: ExploreWish) -> FoundFault | None:
    """What is found in a shape; None for nothing."""
    call = call_of(SHAPES[name], (STARTS[start], False))
    faults = Search(call, wish, lambda *_: None).verdict().faults
    return faults[0] if faults else None


def schedules(name: str, start: str, strategy: str, seeds: int) -> tuple[float, int]:
    """The geometric mean of the schedules until found, and how often nothing was found.

    What was not found counts as found with the last schedule.
    """
    numbers, missed = [], 0
    for seed in range(1 if strategy in WITHOUT_CHANCE else seeds):
        wish = ExploreWish(MOST, None, seed, strategy=strategy, explains=False)
        found = found_in(name, start, wish)
        missed += found is None
        numbers.append(MOST if found is None else max(1, found.number))
    return math.exp(statistics.fmean(map(math.log, numbers))), missed


def found_table(seeds: int, starts: Sequence[str]) -> Iterator[str]:
    """A row for each shape: each strategy, and the usual one beside the best of the others."""
    yield f"| shape | {' | '.join(f'`{each}`' for each in STRATEGIES)} | beside the best |"
    yield "|---" * (len(STRATEGIES) + 2) + "|"
    means: dict[str, list[float]] = {each: [] for each in STRATEGIES}
    beside: list[float] = []
    for name in SHAPES:
        for start in starts:
            cells = []
            for strategy in STRATEGIES:
                mean, missed = schedules(name, start, strategy, seeds)
                means[strategy].append(mean)
                cells.append(f"{mean:,.1f}" + (f" (not found: {missed})" if missed else ""))
            usual, *others = (each[-1] for each in means.values())
            beside.append(usual / min(others))
            yield f"| {name}, {start} | {' | '.join(cells)} | {beside[-1]:.1f}x |"
    whole = [math.exp(statistics.fmean(map(math.log, each))) for each in (*means.values(), beside)]
    cells = [f"{each:,.1f}" for each in whole]
    yield f"| all, geometric mean | {' | '.join(cells)}x |"


def explained_table(seeds: int, starts: Sequence[str]) -> Iterator[str]:
    """What became of each failure that was found."""
    yield "| shape | differences | replays that failed | two steps | mode | word |"
    yield "|---|---|---|---|---|---|"
    counts: list[int] = []
    pairs = 0
    for name in SHAPES:
        for start in starts:
            wishes = (ExploreWish(MOST, None, seed) for seed in range(seeds))
            found = [found_in(name, start, wish) for wish in wishes]
            told = [each.explained for each in found if each is not None and each.explained]
            facts = [len(each.facts) for each in told]
            counts += facts
            pairs += sum(each.pair is not None for each in told)
            cells = (
                f"{statistics.median(facts):g}, at most {max(facts)}" if facts else "-",
                f"{sum(each.again for each in told)} of {sum(each.replays for each in told)}",
                f"{sum(each.pair is not None for each in told)} of {len(told)}",
                ", ".join(sorted({each.mode for each in told})),
                ", ".join(sorted({each.words.partition(":")[0] or "-" for each in told})),
            )
            yield f"| {name}, {start} | {' | '.join(cells)} |"
    middle, most = statistics.median(counts), max(counts)
    yield f"| all | {middle:g}, at most {most} | | {pairs} of {len(counts)} | | |"


def main() -> None:
    """Print a table, row by row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.finding", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--start", choices=list(STARTS), help="tasks start in that way only")
    parser.add_argument("--explained", action="store_true", help="what becomes of the failures")
    options = parser.parse_args()
    table = explained_table if options.explained else found_table
    for row in table(options.seeds, [options.start] if options.start else list(STARTS)):
        sys.stdout.write(row + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
