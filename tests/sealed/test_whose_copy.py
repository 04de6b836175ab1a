"""Which copy of a module ours and the program's code get."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BEGINS = """
import sys
before = dict(sys.modules)
import trio
"""

RUNS = """
async def main():
    number = 3
    breakpoint()
    print("later", number)

trio.run(main)
"""

SAYS = """
import _frozen_importlib
ours = _frozen_importlib.stepdbg.modules.table
"""


def child(
    *words: str | Path, folder: Path, path: str = str(ROOT), **environment: str
) -> tuple[int, str]:
    """The exit code of a Python process, and what it prints."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def debug(
    script: Path, *lines: str, start: tuple[str, ...] = ("-m", "stepdbg"), path: str = str(ROOT)
) -> str:
    """What a program and its debugger print, with these commands at its `breakpoint()`."""
    given = [word for line in ("continue", *lines, "continue") for word in ("-c", line)]
    code, out = child(*start, *given, script, folder=script.parent, path=path)
    assert code == 0, out
    assert "bug in stepdbg" not in out, out
    return out


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_the_program_would_import_is_shared(tmp_path: Path) -> None:
    ends = SAYS + "import difflib; print('shared', ours['difflib'] is difflib)\n"
    out = debug(write(tmp_path, "a.py", BEGINS + RUNS + ends), "tsaks")
    assert "shared True" in out


def test_what_lies_elsewhere_for_the_program_is_ours_alone(tmp_path: Path) -> None:
    write(tmp_path, "difflib.py", "here = True")
    write(tmp_path, "codeop.py", "here = True")
    ends = SAYS + (
        "print('seen', 'difflib' in sys.modules, 'codeop' in sys.modules)\n"
        "import difflib, codeop\n"
        "print('its own', difflib.here, codeop.here, ours['difflib'] is difflib)\n"
    )
    out = debug(write(tmp_path, "a.py", BEGINS + RUNS + ends), "tsaks", "def f(): return 1", "")
    assert "Did you mean" in out or "tasks" in out
    assert "seen False False" in out
    assert "its own True True False" in out


def test_what_the_program_has_imported_under_a_name_stays_its_own(tmp_path: Path) -> None:
    write(tmp_path, "difflib.py", "here = True")
    begins = BEGINS + "import difflib; mine = difflib\n"
    ends = "import difflib; print('mine', difflib is mine, sys.modules['difflib'] is mine)\n"
    out = debug(write(tmp_path, "a.py", begins + RUNS + ends), "tsaks")
    assert "mine True True" in out


def test_code_that_is_typed_imports_as_the_program_does(tmp_path: Path) -> None:
    write(tmp_path, "difflib.py", "here = 'beside the program'")
    out = debug(write(tmp_path, "a.py", BEGINS + RUNS), "tsaks", "import difflib; difflib.here")
    assert "'beside the program'" in out


def test_after_a_reset_ours_go_on_with_trio_as_it_was(tmp_path: Path) -> None:
    begins = BEGINS + "first = trio\nsys.modules.clear(); sys.modules.update(before)\n"
    ends = SAYS + "print('first', ours['trio'] is first, 'trio' in sys.modules)\n"
    out = debug(write(tmp_path, "a.py", begins + RUNS + ends), "tree", "why", "await trio.sleep(0)")
    assert "first True False" in out


@pytest.mark.parametrize("forgets", ["", "sys.path_importer_cache.clear()"])
def test_after_a_reset_the_program_reaches_the_stepdbg_that_debugs(
    forgets: str, tmp_path: Path
) -> None:
    begins = BEGINS + (
        "import stepdbg; first = stepdbg\n"
        "for name in list(sys.modules):\n"
        "    if name.startswith('stepdbg'): del sys.modules[name]\n"
        f"{forgets}\n"
    )
    ends = "import stepdbg.cli; print('first', stepdbg is first, sys.modules['stepdbg'] is first)\n"
    stops = RUNS.replace("breakpoint()", "import stepdbg; stepdbg.set_trace()")
    out = debug(write(tmp_path, "a.py", begins + stops + ends), "tasks")
    assert "main (1)" in out
    assert "first True True" in out


def test_only_the_entry_of_the_start_is_left_out(tmp_path: Path) -> None:
    """The same folder, named once more on purpose, is looked into."""
    folder = tmp_path / "here"
    folder.mkdir()
    write(folder, "pygments.py", "raise SystemError('imported')")
    script = write(folder, "a.py", BEGINS + RUNS + SAYS + "print(sys.path[:2])\n")
    looks = "from stepdbg.sealed import load; load('pygments')"
    code, out = child("-c", f"import stepdbg; {looks}", folder=folder)
    assert code == 0, out
    code, out = child(
        "-c",
        f"import stepdbg; {looks}",
        folder=folder,
        path=os.pathsep.join((str(folder), str(ROOT))),
    )
    assert "SystemError: imported" in out
    assert "later 3" in debug(script, "tasks")


def test_a_program_that_asks_for_its_stop_itself(tmp_path: Path) -> None:
    for name in ("html", "difflib", "codeop", "shlex", "tty"):
        write(tmp_path, f"{name}.py", f"raise SystemError('{name} was imported')")
    stops = BEGINS + RUNS.replace("breakpoint()", "import stepdbg; stepdbg.set_trace()")
    code, out = child(write(tmp_path, "a.py", stops), folder=tmp_path)
    assert "was imported" not in out
    script = write(tmp_path, "b.py", BEGINS + RUNS)
    hook = "stepdbg.set_trace"
    code, out = child(script, folder=tmp_path, PYTHONBREAKPOINT=hook)
    assert "was imported" not in out
    assert "number = 3" in out
    assert code == -signal.SIGINT  # nobody says how to go on


def test_from_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "debugger.pyz", "w") as archive:
        for each in (ROOT / "stepdbg").rglob("*.py"):
            archive.write(each, each.relative_to(ROOT))
        archive.writestr("__main__.py", "from stepdbg.cli import main; main()")
    begins = BEGINS + "sys.path[:] = []; sys.meta_path[:] = []\n"
    script = write(tmp_path, "a.py", begins + RUNS)
    out = debug(script, "tree", "tsaks", "p number", start=("debugger.pyz",), path="")
    assert "later 3" in out
