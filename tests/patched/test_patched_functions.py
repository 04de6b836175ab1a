"""What a program puts in the places of functions of the standard library does not reach ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.debuggee import Program

TABLE = Program.load("tests/programs/patched/table")
ASKED = [
    "list",
    "source work",
    "where",
    "where -a",
    "locals",
    "tasks",
    "tree",
    "why",
    "p number + 1",
    "break table.py:10000",
    "dump {folder}/whole.dump",
    "next",
    "step",
    "continue",
]
"""What is done at each stop, with one function replaced."""


def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, *words],
        input=text,
        capture_output=True,
        text=True,
        env=environment,
        timeout=240,
        check=False,
    )


def told(text: str) -> str:
    """What was shown at a stop, without numbers and measures, nor how busy a slow machine was."""
    text = re.sub(
        r"^(in the last|the longest step was) .*\n(  .*\n)*", "", text, flags=re.MULTILINE
    )
    text = re.sub(r"\d+\.?\d* (ns|us|µs|ms|s)\b", "TIME", text)
    return re.sub(r"\d+", "N", text)


@pytest.mark.parametrize("way", ["raise", "wrong", "list"])
@pytest.mark.parametrize("group", ["builtins", "modules", "core"])
def test_a_stop_is_as_without_the_patch(group: str, way: str, tmp_path: Path) -> None:
    path = str(TABLE.path)
    bare = run(path, way, group)
    names = re.findall(r"^patched: (.*)$", bare.stdout, re.MULTILINE)
    assert len(names) >= 30
    each = "\n".join(ASKED).format(folder=tmp_path)
    commands = tmp_path / "commands"
    first = f"break {path}:{TABLE.line('line')}\ncontinue\n"
    commands.write_text(first + f"{each}\n" * len(names), encoding="utf-8")
    debugged = run(
        "-m", "stepdbg", "--output", "stdout", "--commands", str(commands), path, way, group
    )
    _, *parts = re.split(r"^patched: (.*)$", debugged.stdout, flags=re.MULTILINE)
    shown = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(shown) == names
    last = shown[names[-1]]
    shown[names[-1]] = last[: last.index("\ntotal: ") + 1]
    usual = told(shown["None"])
    assert usual.count("(stepdbg) ") == len(ASKED)
    assert "bug" not in usual
    assert {name: text for name, text in shown.items() if told(text) != usual} == {}
    assert last.splitlines()[-3] in bare.stdout.splitlines()
    assert debugged.returncode == bare.returncode == 0
    assert debugged.stderr == bare.stderr == ""


@pytest.mark.parametrize(
    "name", ["isinstance", "type", "len", "getattr", "list", "hasattr", "super"]
)
def test_the_first_stop_is_as_without_the_patch(name: str, tmp_path: Path) -> None:
    """Nothing of ours has been used before."""
    commands = tmp_path / "commands"
    asked = "\n".join(ASKED).format(folder=tmp_path)
    first = f"break {TABLE.path}:{TABLE.line('line')}\ncontinue\n"
    commands.write_text(f"{first}{asked}\n", encoding="utf-8")
    words = ["-m", "stepdbg", "--output", "stdout", "--commands", str(commands), str(TABLE.path)]
    shown = [run(*words, *each) for each in (("wrong", "breakpoint"), ("raise", name))]
    usual, patched = (told(each.stdout).partition("patched: ")[2] for each in shown)
    assert patched.partition("\n")[2] == usual.partition("\n")[2]
    assert "\ntotal: N\n" in usual
    assert usual.count("(stepdbg) ") == len(ASKED)
    assert [each.stderr for each in shown] == ["", ""]
