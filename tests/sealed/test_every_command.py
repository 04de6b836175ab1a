"""Every command works, whatever the program has done to the import system.

One process for each kind of damage, over all commands of the table.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg.commands.table import ROWS

PROGRAM = Path(__file__).parents[1] / "programs/sealed/damaged.py"
KINDS = [
    line.split('"')[1]
    for line in PROGRAM.read_text(encoding="utf-8").partition("DAMAGES = {")[2].splitlines()
    if line.startswith('    "')
]

ARGUMENTS = {
    "break": "task nobody*, number == 2",
    "tbreak": "task nobody*",
    "clear": "2",
    "disable": "1",
    "enable": "1",
    "ignore": "1 2",
    "condition": "1 number == 3",
    "task": "1",
    "run": "1",
    "list": "1, 5",
    "source": "child",
    "p": "number",
    "pp": "{'a': [number]}",
    "whatis": "number",
    "display": "number + 1",
    "watch": "number",
    "undisplay": "1",
    "await": "trio.sleep(0)",
    "hold": "child",
    "only": "main",
    "pick": "child",
    "order": "child",
    "speed": "2",
    "deadline": "-y scope 9 none",
    "cancel": "-y scope 9",
    "throw": "child ValueErro",
    "until": "1",
    "interrupt": "nobody",
    "help": "why",
    "alias": "now p number",
    "set": "record-size 100",
    "unalias": "now",
}
ELSEWHERE = {
    "quit",
    "quit!",
    "detach",
    "restart",
    "interact",
    "continue",
    "commands",
    "end",
    "halt",
}
"""Those that end a session, ask for more lines, or are used around the others."""

GOING_ON = ("next", "step", "into", "resume", "return")


def lines(dump: Path) -> list[str]:
    """All commands: first those that stay at the stop, then those that go on from it."""
    files = {"dump": dump, "save": f"{dump}.lines", "read": f"{dump}.lines"}
    staying = [
        f"{row.name} {files.get(row.name) or ARGUMENTS.get(row.name, '')}".strip()
        for row in ROWS
        if row.name not in ELSEWHERE and row.name not in GOING_ON
    ]
    typed = ["tsaks", "1 + 1", "def f(): return 7", "", "f()", "release"]
    return ["continue", *staying, *typed, *GOING_ON, "locals", *["continue"] * 3]


def run(script: Path, kind: str, folder: Path) -> str:
    """What a debugged program and its debugger print."""
    words = [word for line in lines(folder / "d.dump") for word in ("-c", line)]
    child = subprocess.run(
        [sys.executable, "-m", "stepdbg", *words, script, kind],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROGRAM.parents[3])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stdout
    return child.stdout


def bare(script: Path, kind: str, folder: Path) -> str:
    """What the program itself prints."""
    child = subprocess.run(
        [sys.executable, script, kind],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROGRAM.parents[3]), "PYTHONBREAKPOINT": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    return child.stdout


def expect_all_answers(out: str, dump: Path) -> None:
    """Each command has been answered, and none by a fault of ours."""
    for trace in ("bug in stepdbg", "without the debugger", "SystemError", "cannot be read"):
        assert trace not in out.replace("|SystemError", ""), out
    assert "(stepdbg) pp {'a': [number]}\n{'a': [3]}" in out, out
    assert "(stepdbg) f()\n7" in out, out
    assert dump.stat().st_size > 1000
    assert "the program ended, exit code 0" in out


@pytest.mark.parametrize("kind", KINDS)
def test_every_command_works(kind: str, tmp_path: Path) -> None:
    out = run(PROGRAM, kind, tmp_path)
    expect_all_answers(out, tmp_path / "d.dump")
    assert bare(PROGRAM, kind, tmp_path).strip() in out


def test_files_of_the_program_that_are_called_like_the_standard_library(tmp_path: Path) -> None:
    """Every name that the program has not imported when it begins to run."""
    script = tmp_path / "damaged.py"
    script.write_bytes(PROGRAM.read_bytes())
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, resource, trio; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    for name in sys.stdlib_module_names - set(loaded) - set(sys.builtin_module_names):
        if importlib.util.find_spec(name) is None:
            continue  # of another platform: whoever tries it is prepared for not finding it
        text = f"raise SystemError('{name}.py was imported')"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    out = run(script, "nothing", tmp_path)
    expect_all_answers(out, tmp_path / "d.dump")
    assert bare(script, "nothing", tmp_path).strip() in out
