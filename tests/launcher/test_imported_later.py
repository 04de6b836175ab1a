"""Most of stepdbg is imported while the program runs: whatever the program has done by then."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "--output",
    "stdout",
    "-c",
    "tasks",
    "-c",
    "p number",
    "-c",
    "why",
    "-c",
    "p boom",
    "-c",
    "continue",
)

RUNS = """
import trio

async def main():
    number = 3
    breakpoint()

trio.run(main)
"""

UPSETS = {
    "another folder": "import os; os.chdir('/')",
    "a path of its own": (
        "import os, sys; here = os.path.dirname(os.__file__); "
        "sys.path[:] = [here, here + '/lib-dynload']; sys.path_importer_cache.clear()"
    ),
}


def debugged(start: tuple[str, ...], script: Path, folder: Path, path: str) -> str:
    """What a debugged program and its debugger print."""
    child = subprocess.run(
        [sys.executable, *start, *COMMANDS, "-c", "continue", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "bug in stepdbg" not in child.stderr, child.stderr
    return child.stdout


def expect_answers(out: str) -> None:
    """The commands of a stop have been answered."""
    assert "__main__.main" in out or "main (1)" in out
    assert "NameError: name 'boom'" in out
    assert "the program ended, exit code 0" in out


@pytest.mark.parametrize("upset", UPSETS)
def test_a_program_that_changes_what_imports_look_at(upset: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    program = RUNS.replace("import trio\n", f"import trio\n{UPSETS[upset]}\n")
    script.write_text(program, encoding="utf-8")
    expect_answers(debugged(("-m", "stepdbg"), script, ROOT, os.path.relpath(ROOT, ROOT)))


def test_an_archive_that_was_started_by_a_relative_path(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "debugger.pyz", "w") as archive:
        for each in (ROOT / "stepdbg").rglob("*.py"):
            archive.write(each, each.relative_to(ROOT))
        archive.writestr("__main__.py", "from stepdbg.cli import main; main()")
    script = tmp_path / "script.py"
    program = RUNS.replace("import trio\n", f"import trio\n{UPSETS['another folder']}\n")
    script.write_text(program, encoding="utf-8")
    expect_answers(debugged(("debugger.pyz",), script, tmp_path, ""))
