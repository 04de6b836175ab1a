"""A file beside the script is called like a module that Python's start or Trio imports.

Where the program works without us, everything of ours works; where it fails, it fails with us in
the same way, and nothing of ours is in what is shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sealed.test_every_command import PROGRAM, bare, expect_all_answers, run
from tests.terminal import PseudoTerminal

ROOT = Path(__file__).parents[2]

FAILING = "raise LookupError('not the one of the library')\n"
EXITING = "import sys\n\nsys.exit(7)\n"
KINDS = {"empty": "", "failing": FAILING, "exiting": EXITING}

NOT_MINDED = [
    *("_bisect", "_collections_abc", "_heapq", "_queue", "base64", "bz2", "codecs", "fcntl"),
    *("grp", "hmac", "locale", "lzma", "shutil", "tempfile", "tokenize", "traceback"),
    *("unicodedata", "zlib"),
]
"""Modules that Python or Trio imports, and of which a program of Trio's misses nothing."""

if (3, 13) <= sys.version_info < (3, 14):
    # Before, the library itself takes names from it; after, `annotationlib` does, for `inspect`.
    NOT_MINDED.append("ast")


def started(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A Python process, ended."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_works_where_the_program_does(tmp_path: Path) -> None:
    """An empty `ast` spoils `inspect`, which the program has, and `dataclasses` by that."""
    script = tmp_path / "damaged.py"
    script.write_bytes(PROGRAM.read_bytes())
    for name in NOT_MINDED:
        (tmp_path / f"{name}.py").touch()
    without_us = bare(script, "nothing", tmp_path)

    out = run(script, "nothing", tmp_path)
    assert without_us.strip() in out
    expect_all_answers(out, tmp_path / "d.dump")

    command = [sys.executable, "-m", "stepdbg", str(script), "nothing"]
    with PseudoTerminal(command, rows=50, cwd=tmp_path) as terminal:
        terminal.wait_for_prompt()
        terminal.type("tsaks\r")
        terminal.wait_for("`tasks`")
        terminal.type("continue\r")
        terminal.wait_for("breakpoint()")
        terminal.type("number + 4\r")
        terminal.wait_for("7")
        terminal.type("continue\r")
        assert terminal.wait_for_exit() == 0
        assert "bug in stepdbg" not in terminal.text


@pytest.mark.parametrize("way", ["continue", "dump"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("inspect", "empty"),
        ("inspect", "failing"),
        ("random", "exiting"),
        ("_socket", "empty"),
        ("tempfile", "exiting"),
        ("socket", "failing"),
    ],
)
def test_the_program_fails_as_it_does_bare(name: str, kind: str, way: str, tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text("import trio\n", encoding="utf-8")
    (tmp_path / f"{name}.py").write_text(KINDS[kind], encoding="utf-8")
    elsewhere = Path("/")  # with -m Python itself looks into the working folder
    without_us = started(elsewhere, script)
    options: list[str | Path] = ["--dump", tmp_path / "d.dump"] if way == "dump" else []
    done = started(elsewhere, "-m", "stepdbg", *options, "-c", "continue", script)

    assert done.returncode == without_us.returncode, done.stderr
    assert without_us.returncode == 0 or not (tmp_path / "d.dump").exists()
    assert "bug in stepdbg" not in done.stderr
    assert str(ROOT / "stepdbg") not in done.stderr
    assert places(done.stderr) == places(without_us.stderr)


def places(shown: str) -> list[str]:
    """The files and lines of a traceback, and its last line.

    The carets under the lines are left out: Python does not draw them where the program's files
    have spoiled its own `traceback`, and we draw them all the same.  The hint to rename a file is
    left out as well: Python gives it for the folder that it was started with, which is not ours
    to set.
    """
    kept = [line for line in shown.splitlines() if line.startswith("  File ")]
    last = [line for line in shown.splitlines() if "Error: " in line and line[0] != "s"]
    return kept + [line.partition(" (consider renaming")[0] for line in last]
