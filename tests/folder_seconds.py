"""The seconds that the tests of each folder have taken, told after a suite.

Owns: adding them up (setup, call and teardown), in the process that has all reports.
Does not own: the limits of single tests (pytest-timeout).
"""

from __future__ import annotations

import pytest

HEADER = "seconds of each folder"
"""`.ci/run` shows what follows this line."""


class FolderSeconds:
    """A plugin of pytest."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of one test; under xdist the controller gets those of the workers."""
        folder = folder_of(report.nodeid)
        self._seconds[folder] = self._seconds.get(folder, 0) + report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell them, the longest first; a single folder is told by pytest's own last line."""
        if len(self._seconds) > 1:
            terminalreporter.section(HEADER)
            longest_first = sorted(self._seconds.items(), key=lambda each: -each[1])
            for folder, seconds in longest_first:
                terminalreporter.line(f"{seconds:8.1f}  {folder}")


def folder_of(nodeid: str) -> str:
    """The folder below `tests`, or `tests` itself."""
    path, _, _ = nodeid.partition("::")
    return "/".join(path.split("/")[:-1][:2])
