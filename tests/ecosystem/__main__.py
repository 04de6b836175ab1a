"""`python -m tests.ecosystem [SUITE…]`: the suites of real projects, bare and debugged.

Prints a table for `docs/fidelity.md` and each test that comes out differently; exits with 1 if
there is one that is not excused, or a suite that does not come to its end. Where something
differs, the suite is run once more bare and once more that way: what does not come out the same
in all runs of one kind is unsteady, and named, too.
"""

from __future__ import annotations

import argparse
import itertools
import platform
import signal
import sys
from pathlib import Path

from .comparing import counts, differences, unsteady
from .running import get_tests, run_suite
from .suites import BARE, EXCUSED, SUITES, WAYS, Suite, Way


def main() -> int:
    """Run what the command line asks for.

    Returns:
        The exit code: 1 if a test came out differently.
    """
    options = _parser().parse_args()
    # A background shell ignores it, and so would all that runs here; suites send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options.folder = options.folder.resolve()  # suites run in folders of their own
    options.folder.mkdir(parents=True, exist_ok=True)
    # Else pytest would find the settings of the project around it, for suites without any.
    (options.folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    ways = [way for way in WAYS if not options.way or way.name in options.way]
    print(f"{platform.python_implementation()} {platform.python_version()}\n")
    print("| tests of | bare | unsteady | " + " | ".join(way.name for way in ways) + " |")
    print("|---" * (3 + len(ways)) + "|", flush=True)
    chosen = [suite for suite in SUITES if not options.suite or suite.name in options.suite]
    compared = [_Comparison(suite, options) for suite in chosen]
    for each in compared:
        each.print_row(ways)
    notes = [note for each in compared for note in each.notes]
    print("\n".join(["", *notes]))
    return any(each.failed for each in compared)


class _Comparison:
    """One row of the table.

    Attributes:
        notes: what is to be said of single tests.  failed: whether one of them counts.
    """

    def __init__(self, suite: Suite, options: argparse.Namespace) -> None:
        self.notes: list[str] = []
        self.failed = False
        self._suite = suite
        self._options = options
        self._numbers = itertools.count(1)
        self._bare: list[dict[str, str]] = []

    def print_row(self, ways: list[Way]) -> None:
        """Run the suite bare and in each way."""
        place = get_tests(self._suite, self._options.folder)
        self._bare = [self._run(BARE, place), self._run(BARE, place)]
        cells = [self._cell(way, place) for way in ways]
        shaky = unsteady(self._bare)
        self.notes += [f"{self._suite.name}: {name}: unsteady bare" for name in sorted(shaky)]
        row = [f"{self._suite.name} {self._suite.version}", counts(self._bare[0]), str(len(shaky))]
        print("| " + " | ".join(row + cells) + " |", flush=True)

    def _run(self, way: Way, place: Path) -> dict[str, str]:
        label = f"{self._suite.name}-{next(self._numbers)}-{way.name}"
        more = self._options.pytest.split()
        outcomes = run_suite(self._suite, way, place, self._options.folder / label, more)
        if not outcomes:
            self.failed = True
            self.notes.append(f"{self._suite.name}, {way.name}: no end; see {label}.txt")
        return outcomes

    def _cell(self, way: Way, place: Path) -> str:
        excused = EXCUSED.get((self._suite.name, way.name), frozenset())
        runs = [self._run(way, place)]
        suspects = set(differences(self._bare[0], runs[0], unsteady(self._bare)))
        if not suspects:
            return counts(runs[0])
        if not suspects <= excused:
            self._bare.append(self._run(BARE, place))
            runs.append(self._run(way, place))
        leave_out = unsteady(self._bare)
        changing = unsteady(runs) - leave_out
        different = differences(self._bare[0], runs[0], leave_out | changing)
        self.failed = self.failed or not set(different) <= excused
        for name, (bare, other) in different.items():
            why = " (excused)" if name in excused else ""
            self._note(way, f"{name}: {bare} bare, {other} here{why}")
        for name in sorted(changing):
            self._note(way, f"{name}: unsteady here: {[run.get(name) for run in runs]}")
        told = [f"**{len(different)} different**"] if different else []
        told += [f"{len(changing)} unsteady"] if changing else []
        return "; ".join([counts(runs[0]), *told])

    def _note(self, way: Way, text: str) -> None:
        self.notes.append(f"{self._suite.name}, {way.name}: {text}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem")
    names = [suite.name for suite in SUITES]
    parser.add_argument("suite", nargs="*", metavar="SUITE", help=", ".join(names))
    parser.add_argument("--way", action="append", choices=[way.name for way in WAYS])
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("build/ecosystem"),
        help="for source archives, and what pytest says",
    )
    parser.add_argument("--pytest", default="", help="further arguments for pytest")
    return parser


if __name__ == "__main__":
    sys.exit(main())
