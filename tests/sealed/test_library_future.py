"""A file ``__future__.py`` beside the script is the program's, and no module of ours imports it."""

from __future__ import annotations
import __future__

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FILES = {
    "empty": "",
    "failing": "raise LookupError('of the program')\n",
    "other": "annotations = 'of the program'\n",
}

WITHOUT_TRIO = """
try:
    import __future__
except LookupError as error:
    print(error)
else:
    print(sorted(set(vars(__future__)) & {"annotations", "all_feature_names"}))
"""

WITH_TRIO = """
import __future__
import trio


async def main():
    number = 3
    await trio.sleep(0)
    print(__future__.times, __future__.__file__)


trio.run(main)
"""

COUNTS = """
import builtins

builtins.times_executed = times = getattr(builtins, "times_executed", 0) + 1
"""


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("kind", FILES)
def test_a_program_that_does_without_trio_ends_as_bare(kind: str, tmp_path: Path) -> None:
    """Started by us, and where it imports us itself."""
    (tmp_path / "__future__.py").write_text(FILES[kind], encoding="utf-8")
    (tmp_path / "program.py").write_text(WITHOUT_TRIO, encoding="utf-8")
    (tmp_path / "imports.py").write_text("import stepdbg\n" + WITHOUT_TRIO, encoding="utf-8")
    bare = python(tmp_path, "program.py")
    assert bare.returncode == 0
    for words in (
        ["-m", "stepdbg", "program.py"],
        ["-m", "stepdbg", "-m", "program"],
        ["imports.py"],
    ):
        done = python(tmp_path, *words)
        assert (done.returncode, done.stdout) == (0, bare.stdout), done.stderr
        assert "Traceback" not in done.stderr


def test_what_trio_can_use_is_executed_once_and_not_by_us(tmp_path: Path) -> None:
    theirs = tmp_path / "__future__.py"
    library = Path(__future__.__file__).read_text(encoding="utf-8")
    theirs.write_text(library + COUNTS, encoding="utf-8")
    (tmp_path / "program.py").write_text(WITH_TRIO, encoding="utf-8")
    lines = ("break program.py:9", "continue", "p number + 39", "why", "tasks", "continue")
    words = [word for line in lines for word in ("-c", line)]
    done = python(tmp_path, "-m", "stepdbg", *words, "program.py")
    assert done.returncode == 0
    assert "\n42\n" in done.stdout + done.stderr
    assert f"1 {theirs}\n" in done.stdout
    assert "bug in stepdbg" not in done.stdout + done.stderr


def test_without_such_a_file_there_is_one_copy(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import sys, __future__\nprint(__future__.__file__)\n", encoding="utf-8"
    )
    done = python(tmp_path, "-m", "stepdbg", "program.py")
    assert done.stdout == f"{__future__.__file__}\n"
    told = "import stepdbg, __future__, stepdbg.engine.typed.typed_code as t\n"
    done = python(tmp_path, "-c", told + "print(t.__future__ is __future__)")
    assert done.stdout == "True\n", done.stderr
