"""Outcomes of tests, from JUnit files, and what differs between them.

Owns: reading, counting and comparing outcomes.
Does not own: running anything (running).
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

MISSING = "missing"

Outcomes = Mapping[str, str]


def read_outcomes(file: Path) -> dict[str, str]:
    """The outcome of each test: ``passed``, ``failed``, ``error`` or ``skipped``.

    Args:
        file: what ``pytest --junit-xml`` has written.
    """
    found: dict[str, str] = {}
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        while name in found:  # a test and its teardown may both be reported
            name += "'"
        found[name] = _outcome(case)
    return found


def _outcome(case: ElementTree.Element) -> str:
    for tag, outcome in (("failure", "failed"), ("error", "error"), ("skipped", "skipped")):
        if case.find(tag) is not None:
            return outcome
    return "passed"


def unsteady(runs: Sequence[Outcomes]) -> set[str]:
    """The tests that do not come out the same in all of these runs."""
    names = {name for run in runs for name in run}
    return {name for name in names if len({run.get(name, MISSING) for run in runs}) > 1}


def differences(bare: Outcomes, other: Outcomes, leave_out: set[str]) -> dict[str, tuple[str, str]]:
    """What came out differently.

    Returns:
        The outcomes bare and otherwise of each test that differs, without those to leave out.
    """
    found = {}
    for name in sorted({*bare, *other} - leave_out):
        pair = bare.get(name, MISSING), other.get(name, MISSING)
        if pair[0] != pair[1]:
            found[name] = pair
    return found


def counts(outcomes: Outcomes) -> str:
    """How many tests came out how: ``410 passed, 3 skipped``."""
    counted = Counter(outcomes.values())
    return ", ".join(f"{number} {outcome}" for outcome, number in counted.most_common()) or "none"
