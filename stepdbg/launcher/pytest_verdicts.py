"""The verdicts of explored tests, at the end of a test run.

Owns: how a report carries a verdict, and the part of pytest's summary about them.
Does not own: exploring (pytest_exploring).

Light on purpose, as pytest_runs is: every pytest run imports it where stepdbg is installed.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PROPERTY = "stepdbg_explore"
"""The name of the test's property that holds its verdict.  pytest-xdist sends properties from its
workers to the main process, and JUnit files contain them as well."""

_NOT_EXPLORED = "could not explore: "
_NO_RUN = f"{_NOT_EXPLORED}no Trio run begins in it"


def summarise(terminal: Any) -> None:
    """Print the results of the tests that were explored.

    One line counts them, and each test that could not be explored has a line of its own; with
    ``-v`` every test has one.

    Args:
        terminal: pytest's terminal reporter.
    """
    found = list(_verdicts(terminal.stats))
    explored = [each for each in found if not each[1].startswith(_NOT_EXPLORED)]
    refused = [each for each in found if each[1].startswith(_NOT_EXPLORED) and each[1] != _NO_RUN]
    if not (explored or refused):
        return
    terminal.section("explored by stepdbg")
    for test, verdict in found if terminal.verbosity > 0 else refused:
        terminal.line(f"{test}: {verdict}")
    failed = sum(verdict.startswith("failed") for _, verdict in explored)
    tests = "1 test" if len(explored) == 1 else f"{len(explored)} tests"
    terminal.line(f"{tests} explored, {failed} with an order that fails")


def _verdicts(stats: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """The tests that have a verdict, in the order in which pytest has their reports."""
    seen = set()
    for reports in stats.values():
        for each in reports:
            for name, value in getattr(each, "user_properties", ()):
                if name == PROPERTY and each.nodeid not in seen:
                    seen.add(each.nodeid)
                    yield each.nodeid, value
