"""Programs that do what real ones do come out under stepdbg as they do without it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipapp
from pathlib import Path

import pytest

from .side_by_side import PROGRAMS, ROOT, debugged, environment, plain, run

REAL = PROGRAMS.parent / "real"

ASIDE = ("--json-fd=9", "-c", "continue")
"""Continue, and let the debugger speak on a channel of its own."""

SCRIPTS = [
    "forks_in_run.py",
    "three_threads.py",
    "own_output.py null",
    "own_output.py close",
    "portal.py",
    "../guest.py",
    "guest_tk.py",
    "own_sigint.py replaced_before",
    "own_sigint.py replaced_inside",
    "own_sigint.py like_uvicorn",
    "own_sigint.py left_alone",
]

FLAGS = [("-Xdev",), ("-O",), ("-Werror",), ("-Xdev", "-Werror"), ()]


def aside(*flags: str) -> list[str]:
    """The command that runs stepdbg so that only the program writes to standard output."""
    return ["sh", "-c", 'exec "$@" 9>/dev/null', "sh", *debugged(*flags, options=ASIDE)]


@pytest.mark.parametrize("words", SCRIPTS)
def test_script(words: str) -> None:
    script = words.split()
    if "guest_tk.py" in script:
        pytest.importorskip("tkinter")

    bare = run([*plain(), *script], cwd=REAL)

    assert bare == run([*aside(), *script], cwd=REAL)


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_flags_of_python(flags: tuple[str, ...]) -> None:
    variables = {} if flags else {"PYTHONASYNCIODEBUG": "1"}
    script = ["scopes_and_errors.py"]

    bare = run([*plain(*flags), *script], cwd=REAL, variables=variables)

    assert bare == run([*aside(*flags), *script], cwd=REAL, variables=variables)
    assert b"the end" in bare.stderr or b"mind the gap" in bare.stderr


def test_output_moved_to_a_file(tmp_path: Path) -> None:
    script = ["own_output.py", "file"]

    bare = run([*plain(), *script, str(tmp_path / "bare")], cwd=REAL)

    assert bare == run([*aside(), *script, str(tmp_path / "debugged")], cwd=REAL)
    assert (tmp_path / "bare").read_text() == (tmp_path / "debugged").read_text()


def test_a_zipapp(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    shutil.copy(REAL / "three_threads.py", folder / "__main__.py")
    target = tmp_path / "app.pyz"
    zipapp.create_archive(folder, target, compressed=True)

    bare = run([*plain(), str(target)])

    assert bare.status == 0
    assert bare == run([*aside(), str(target)])
    told = run([*debugged(options=("-v", "-c", "continue")), str(target)], merged=True)
    assert b"-> async def main(name):" in told.stdout


def test_stepdbg_in_a_zipapp(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    shutil.copytree(
        ROOT / "stepdbg", folder / "stepdbg", ignore=shutil.ignore_patterns("__pycache__")
    )
    tool = tmp_path / "stepdbg.pyz"
    zipapp.create_archive(folder, tool, main="stepdbg.cli:main")

    commands = ("break task main", "continue", "where", "clear", "continue")
    options = [word for command in commands for word in ("-c", command)]

    done = subprocess.run(
        [sys.executable, str(tool), "--output", "stdout", *options, "forks_in_run.py"],
        cwd=REAL,
        env=environment() | {"PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "breakpoint 1: task main" in done.stdout
    assert "done" in done.stdout.splitlines()


def test_a_forked_child_is_left_alone() -> None:
    """Only the parent is debugged: it alone reads commands and stops at breakpoints."""
    commands = ("break :child_work", "break task main", "continue", "continue", "continue")

    done = run(
        [*debugged(options=("--output", "stdout")), "forks_in_run.py", "pause"],
        cwd=REAL,
        stdin="".join(f"{line}\n" for line in commands).encode(),
    )

    lines = done.stdout.decode().splitlines()
    assert [line for line in lines if line.startswith(("child", "parent", "done"))] == [
        "child 0",
        "child 1",
        "child 2",
        "child went on",
        "parent 3",
        "done",
    ]
    assert sum(line.startswith("breakpoint 2: ") for line in lines) == 2
    assert (done.status, done.stderr) == (0, b"")


def test_pytest_where_warnings_are_errors(tmp_path: Path) -> None:
    """An installed stepdbg is a plugin of pytest's, and is there before pytest is."""
    installed = tmp_path / "installed" / "stepdbg-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: stepdbg\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[pytest11]\nstepdbg = stepdbg.pytest_plugin\n")
    (installed / "RECORD").write_text("stepdbg/__init__.py,,\nstepdbg/pytest_plugin.py,,\n")
    (tmp_path / "test_it.py").write_text("def test_it():\n    pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    path = f"{installed.parent}:{ROOT}"

    done = run([*debugged(), "-m", "pytest", "-q"], cwd=tmp_path, variables={"PYTHONPATH": path})

    assert done.status == 0, done.stderr.decode()
    assert b"1 passed" in done.stdout
