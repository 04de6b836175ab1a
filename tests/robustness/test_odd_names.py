"""A task's name may have methods of the program's own; ours call none of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests/programs/edge/names.py"
ASKED = (
    "tasks|tree|why|why odd#1|task odd#2|runs|where -a|log|log odd#1|lints|dump {folder}/d.dump|"
    "queue|scopes|hold odd#1|release|tasks --ended|p 1|pick odd#2|cancel -y odd#2|step odd#1"
)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("event", ["", " on spawn", " on exit", " on cancel"])
@pytest.mark.parametrize("option", ["--record", "--seed=1"])
def test_no_method_of_a_name_is_called(option: str, event: str, tmp_path: Path) -> None:
    asked = ASKED.format(folder=tmp_path).split("|")
    lines = [f"break task odd{event}", "break task nobody*", "continue", *asked, *["continue"] * 12]
    words = [word for line in lines for word in ("-c", line)]
    done = run("-m", "stepdbg", option, *words, str(PROGRAM))
    told = done.stdout + done.stderr
    assert "LookupError" not in told.replace("raise LookupError", "")
    assert "bug in stepdbg" not in told
    assert "\nbreakpoint 1: task odd" in told
    assert told.count("all have ended\n") == 1
    assert "without the debugger" not in told
    assert done.returncode == 0


def test_quit_is_no_bug() -> None:
    """Trio asks for a name itself when the tasks are cancelled, so the run may fail of that."""
    words = [word for line in ("break task odd", "continue", "quit") for word in ("-c", line)]
    done = run("-m", "stepdbg", *words, str(PROGRAM))
    assert "bug in stepdbg" not in done.stdout + done.stderr
    assert "all have ended" not in done.stdout
