"""What the lints report of the programs of `examples` and `tests/programs`, each report judged.

`docs/lints.md` has a table by program and lint, and one of the programs that are given arguments.
One program of twenty is run, and one of ninety with arguments, chosen by their names, so that a new
program changes no other's turn; all of them with ``STEPDBG_CORPUS=1`` (see CONTRIBUTING), which
takes a quarter of an hour.
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
from collections.abc import Iterable
from pathlib import Path

import pytest

from .arguments import arguments_of

ROOT = Path(__file__).parents[2]
EVERY, EVERY_WITH_ARGUMENTS = (1, 1) if os.environ.get("STEPDBG_CORPUS") else (20, 91)
PROGRAMS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("examples", "tests/programs")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
)
WITH_ARGUMENTS = [
    (name, arguments)
    for name in PROGRAMS
    for arguments in arguments_of(name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
]
PATIENCE = 10
"""Seconds for a program; many of them wait for ever."""

BY_TIME = "slow-step"
"""The lint that depends on how fast the machine is."""

ROW = re.compile(r"^\| `(\S+\.py)` \| (\d+) × `([\w-]+)` \|", re.MULTILINE)
ROW_WITH_ARGUMENTS = re.compile(r"^\| `(\S+\.py)` \| (`[^|]+`) \| `([\w-]+)` \|", re.MULTILINE)


def judged() -> dict[str, Counter[str]]:
    """By program and arguments, how often the tables have each lint."""
    found: dict[str, Counter[str]] = {}
    text = (ROOT / "docs/lints.md").read_text(encoding="utf-8")
    for name, times, lint in ROW.findall(text):
        found.setdefault(name, Counter())[lint] += int(times)
    for name, arguments, lint in ROW_WITH_ARGUMENTS.findall(text):
        for each in re.findall(r"`(.*?)`", arguments):
            found.setdefault(f"{name} {each}", Counter())[lint] += 1
    return found


def reported(name: str, report: Path, *arguments: str) -> Counter[str]:
    """How often each lint is reported of a program."""
    quiet = ("--lint-report", str(report), "--on-deadlock", "quit")
    command = [sys.executable, "-m", "stepdbg", *quiet, name, *arguments]
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


def as_typed(name: str, arguments: Iterable[str]) -> str:
    return " ".join((name, *arguments))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        each
        for each in WITH_ARGUMENTS
        if zlib.crc32(as_typed(*each).encode()) % EVERY_WITH_ARGUMENTS == 0
    ],
)
def test_each_report_of_a_program_with_arguments_is_judged(
    name: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    found = reported(name, tmp_path / "lints.jsonl", *arguments)
    del found[BY_TIME]
    assert found == judged().get(as_typed(name, arguments), Counter())


def test_the_tables_are_about_programs_that_there_are() -> None:
    assert set(judged()) <= {*PROGRAMS, *(as_typed(*each) for each in WITH_ARGUMENTS)}
