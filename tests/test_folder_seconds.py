"""After a suite stands what each folder took, also when xdist runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.folder_seconds import HEADER

ROOT = Path(__file__).parents[1]
CONFTEST = """
from tests.folder_seconds import FolderSeconds

def pytest_configure(config):
    config.pluginmanager.register(FolderSeconds())
"""
SLOW_SETUP = """
import time
import pytest

@pytest.fixture
def slow():
    time.sleep(0.15)
    yield
    time.sleep(0.15)

def test_it(slow):
    pass
"""
QUICK = "def test_one(): pass\ndef test_two(): pass\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    for name, text in {
        "conftest.py": CONFTEST,
        "tests/quick/test_a.py": QUICK,
        "tests/slow/deeper/test_b.py": SLOW_SETUP,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def run(suite: Path, *arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=suite,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout


@pytest.mark.parametrize("workers", ["0", "1"])
def test_the_longest_is_first(suite: Path, workers: str) -> None:
    _, _, told = run(suite, "-n", workers).partition(HEADER)
    rows = re.findall(r"^ +(\d+\.\d)  (\S+)$", told, re.MULTILINE)
    assert [folder for _, folder in rows] == ["tests/slow", "tests/quick"]
    assert float(rows[0][0]) >= 0.3
    assert told.splitlines()[-1].startswith("3 passed")


def test_one_folder_is_no_list(suite: Path) -> None:
    assert HEADER not in run(suite, "tests/quick")


def test_ci_shows_what_follows_that_line() -> None:
    assert f"^=* {HEADER} =*$" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
