"""Programs that trace, profile or measure themselves come to the same under stepdbg."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from .side_by_side import ROOT, Outcome, plain, run

PROGRAM = ROOT / "tests" / "programs" / "tools" / "measures_itself.py"
HERE = next(
    number
    for number, text in enumerate(PROGRAM.read_text().splitlines(), 1)
    if text.endswith("# @mark here")
)
STOPS_ONCE = ["-c", f"tbreak {PROGRAM}:{HERE}", "-c", "continue"]
NEVER = ["-c", f"break {PROGRAM}:{HERE}, number > 5", "-c", "continue"]
STEPS = ["-c", f"tbreak {PROGRAM}:{HERE}", "-c", "continue", "-c", "next", "-c", "next"]
OPTIONS = {
    "a stop": [*STOPS_ONCE, "-c", "continue"],
    "a condition": NEVER,
    "lines stepped": [*STEPS, "-c", "continue"],
}


def said(outcome: Outcome) -> list[str]:
    """What the program itself has printed."""
    words = ("mine", "seen", "left", "lines")
    lines = outcome.stdout.decode().splitlines()
    return [line for line in lines if line.partition(" ")[0] in words and " -> " not in line]


@pytest.mark.parametrize("options", list(OPTIONS.values()), ids=list(OPTIONS))
@pytest.mark.parametrize("way", ["trace", "profile", "coverage"])
def test_a_program_that_watches_itself(way: str, options: list[str]) -> None:
    if way == "coverage":
        pytest.importorskip("coverage")
    bare = run([*plain(), str(PROGRAM), way])
    under = run([*plain("-m", "stepdbg", "-v", "--output", "stdout"), *options, str(PROGRAM), way])
    assert bare.stderr == b""
    assert under.stderr == b""
    assert said(under) == said(bare)
    assert under.status == bare.status == 0
    stopped = under.stdout.count(b"(temporary, now cleared)")
    assert stopped == (0 if options is NEVER else 1)


@pytest.mark.parametrize("options", list(OPTIONS.values()), ids=list(OPTIONS))
@pytest.mark.parametrize("core", ["ctrace", "sysmon"])
def test_coverage_of_the_whole_program(tmp_path: Path, core: str, options: list[str]) -> None:
    pytest.importorskip("coverage")
    if core == "sysmon" and sys.version_info < (3, 12):
        pytest.skip("needs sys.monitoring")
    bare = covered(tmp_path, core, [])
    assert covered(tmp_path, core, ["-m", "stepdbg", "--output", "stdout", *options]) == bare


def covered(folder: Path, core: str, stepdbg: list[str]) -> list[int]:
    """The lines of the program that ``coverage run`` has seen."""
    setting = folder / "setting"
    setting.write_text(f"[run]\nconcurrency = thread\ninclude = {PROGRAM}\n")
    tool = [*plain("-m", "coverage"), "run", f"--rcfile={setting}"]
    where = {"COVERAGE_FILE": str(folder / "measured"), "COVERAGE_CORE": core}
    done = run([*tool, *stepdbg, str(PROGRAM), "bare"], cwd=folder, variables=where)
    assert (done.stderr, done.status) == (b"", 0)
    report = folder / "report.json"
    asked = [*plain("-m", "coverage"), "json", f"--rcfile={setting}", "-o", str(report)]
    run(asked, cwd=folder, variables=where)
    files = json.loads(report.read_text())["files"]
    lines: list[int] = next(iter(files.values()))["executed_lines"]
    return lines
