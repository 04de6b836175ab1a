"""What the lints report of the programs of `examples` and `tests/programs`, each report judged.

`docs/lints.md` has a table by program and lint.  One program of twenty is run, chosen by its name,
so that a new program changes no other's turn; all of them with ``STEPDBG_CORPUS=1`` (see
CONTRIBUTING), which takes some minutes.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVERY = 1 if os.environ.get("STEPDBG_CORPUS") else 20
PROGRAMS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("examples", "tests/programs")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
)
PATIENCE = 10
"""Seconds for a program; many of them wait for ever."""

BY_TIME = "slow-step"
"""The lint that depends on how fast the machine is."""

ROW = re.compile(r"^\| `(\S+\.py)` \| (\d+) × `([\w-]+)` \|", re.MULTILINE)


def judged() -> dict[str, Counter[str]]:
    """By program, how often the table has each lint."""
    found: dict[str, Counter[str]] = {}
    for name, times, lint in ROW.findall((ROOT / "docs/lints.md").read_text(encoding="utf-8")):
        found.setdefault(name, Counter())[lint] += int(times)
    return found


def reported(name: str, report: Path) -> Counter[str]:
    """How often each lint is reported of a program that is given no arguments."""
    quiet = ("--lint-report", str(report), "--on-deadlock", "quit")
    command = [sys.executable, "-m", "stepdbg", *quiet, name]
    nowhere = subprocess.DEVNULL
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=nowhere,
        stdout=nowhere,
        stderr=nowhere,
        start_new_session=True,
    )
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)  # with whatever it has started
        child.wait()
    lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    return Counter(json.loads(line)["name"] for line in lines)


@pytest.mark.parametrize(
    "name", [each for each in PROGRAMS if zlib.crc32(each.encode()) % EVERY == 0]
)
def test_each_report_is_judged(name: str, tmp_path: Path) -> None:
    found = reported(name, tmp_path / "lints.jsonl")
    del found[BY_TIME]
    assert found == judged().get(name, Counter())


def test_the_table_is_about_programs_that_there_are() -> None:
    assert set(judged()) <= set(PROGRAMS)
