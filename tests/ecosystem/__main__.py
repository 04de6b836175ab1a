"""`python -m tests.ecosystem [SUITE…]`: the suites of real projects, bare and debugged.

Prints a table for `docs/fidelity.md` and each test that comes out differently; exits with 1
if there is one. Tests that differ between two bare runs are left out.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from .comparing import counts, differences, unsteady
from .running import get_tests, run_suite
from .suites import BARE, SUITES, WAYS, Suite, Way


def main() -> int:
    """Run what the command line asks for.

    Returns:
        The exit code: how many tests came out differently, at most 1.
    """
    options = _parser().parse_args()
    # A background shell ignores it, and so would all that runs here; suites send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options.folder.mkdir(parents=True, exist_ok=True)
    ways = [way for way in WAYS if not options.way or way.name in options.way]
    print("| tests of | bare | unsteady | " + " | ".join(way.name for way in ways) + " |")
    print("|---" * (3 + len(ways)) + "|", flush=True)
    chosen = [suite for suite in SUITES if not options.suite or suite.name in options.suite]
    found = [line for suite in chosen for line in _compare(suite, ways, options)]
    print("\n".join(found))
    return bool(found)


def _compare(suite: Suite, ways: list[Way], options: argparse.Namespace) -> list[str]:
    place = get_tests(suite, options.folder)
    more = options.pytest.split()

    def run(way: Way) -> dict[str, str]:
        return run_suite(suite, way, place, options.folder, more)

    first, second = run(BARE), run(BARE)
    shaky = unsteady([first, second])
    row = [f"{suite.name} {suite.version}", counts(first), str(len(shaky))]
    found = []
    for way in ways:
        outcomes = run(way)
        different = differences(first, outcomes, shaky)
        row.append(counts(outcomes) + (f"; **{len(different)} differ**" if different else ""))
        found += [
            f"{suite.name}, {way.name}: {name}: {bare} bare, {other} here"
            for name, (bare, other) in different.items()
        ]
    print("| " + " | ".join(row) + " |", flush=True)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem")
    names = [suite.name for suite in SUITES]
    parser.add_argument("suite", nargs="*", metavar="SUITE", help=", ".join(names))
    parser.add_argument("--way", action="append", choices=[way.name for way in WAYS])
    parser.add_argument("--folder", type=Path, default=Path(".nox/ecosystem"))
    parser.add_argument("--pytest", default="", help="further arguments for pytest")
    return parser


if __name__ == "__main__":
    sys.exit(main())
