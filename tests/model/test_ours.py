"""Code of ours is told from all other by its file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import stepdbg
from stepdbg.model import ours

PACKAGE = Path(stepdbg.__file__).parent

ASK = """
import sys
sys.path.insert(0, {folder!r})
import stepdbg.cli
from stepdbg.model import ours, records
print(ours.is_ours(stepdbg.cli.main.__code__.co_filename))
print(ours.is_ours(stepdbg.set_trace.__code__.co_filename))
print(ours.is_ours(records.is_record.__code__.co_filename))
print(ours.is_ours(ours.is_ours.__code__.co_filename))
"""


@pytest.mark.parametrize("through", ["itself", "link", "link to the folder above"])
def test_it_is_told_however_it_was_found(through: str, tmp_path: Path) -> None:
    folder = tmp_path / "found"
    if through == "link":
        folder.mkdir()
        (folder / "stepdbg").symlink_to(PACKAGE)
    elif through == "itself":
        folder = PACKAGE.parent
    else:
        folder.symlink_to(PACKAGE.parent)
    told = subprocess.run(
        [sys.executable, "-c", ASK.format(folder=str(folder))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["True"] * 4


@pytest.mark.parametrize(
    "filename",
    [
        os.fspath(PACKAGE),
        os.fspath(PACKAGE) + "_too/program.py",
        os.fspath(PACKAGE.parent / "stepdbg.py"),
        os.fspath(PACKAGE.parent / "tests" / "harness.py"),
        "stepdbg/cli.py",
        "<string>",
        "<stepdbg>",
        "",
    ],
)
def test_what_is_not(filename: str) -> None:
    assert not ours.is_ours(filename)


LOOKS_LIKE_US = """
import trio
__name__ = "stepdbg.{part}"
async def main():
    x = 1
    breakpoint()
    print("after")
trio.run(main)
"""


@pytest.mark.parametrize("part", ["program", "engine.stacks.frames"])
def test_a_program_that_calls_itself_like_us_is_stopped(part: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(LOOKS_LIKE_US.format(part=part), encoding="utf-8")
    words = ["-c", "continue", "-c", "p x", "-c", "quit"]
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", "--output", "stdout", *words, str(program)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "pause: " in done.stdout
    assert "\n1\n" in done.stdout
    assert (done.returncode, done.stderr) == (125, "")
