"""``python -m stepdbg --explore``: the verdict, the exit status, the token."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg import cli
from stepdbg.model.errors import BadUsage
from tests.explore import programs

RUN = "\nimport trio\ntrio.run(main)\n"


def explore(
    path: Path, source: str, *options: str, explored: bool = True
) -> subprocess.CompletedProcess[str]:
    path.write_text(source, encoding="utf-8")
    asked = ("--explore", "--budget", "300") if explored else ()
    return subprocess.run(
        [sys.executable, "-m", "stepdbg", *asked, *options, str(path), "argument"],
        cwd=path.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


def test_a_failure_and_its_token(script: Path) -> None:
    source = "print('begins')\n" + programs.LOST_UPDATE + RUN + "print('never reached')\n"
    done = explore(script, source)
    assert done.returncode == 1
    assert done.stdout == "begins\n", "what the program writes in its schedules is not shown"
    assert re.match(r"failed after \d+ schedules? \(\d+ distinct\), in [\d.]+ s\n", done.stderr)
    (command,) = re.findall(r"^   python (-m stepdbg --replay .*)$", done.stderr, re.MULTILINE)
    words = shlex.split(command)
    assert words[-2:] == [str(script), "argument"]
    stopped = again(words)
    assert "left the schedule" not in stopped.stderr
    first = re.search(r"first step (\d) of main/(\d)", done.stderr)
    assert first is not None
    number = 3 + int(first[2])  # behind the main task and two of Trio's
    at = rf"^step {first[1]} of main\.<locals>\.add(#\d)? \({number}\)"
    assert re.search(at, stopped.stderr, re.MULTILINE)
    assert stopped.stdout == "begins\n", "the run is not over"
    ran = again([*words[:-2], "-c", "continue", *words[-2:]])
    assert ran.stdout == "begins\nbalance 1\n"


def test_the_command_for_the_main_task_in_a_second_run(script: Path) -> None:
    """No number and no name says which task that is: others have its name."""
    source = """
import trio

async def main(depth=2):
    if depth == 2:
        seen.clear()
    await trio.lowlevel.checkpoint()
    if depth:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(main, depth - 1)
            for _ in range(3):
                await trio.lowlevel.checkpoint()
                seen.append(depth)
    if depth == 2:
        assert seen[:3] != [2, 2, 2]

seen = []
trio.run(main, 1)
"""
    done = explore(script, source + "trio.run(main)\n", "--run", "2")
    (command,) = re.findall(r"^   python (-m stepdbg --replay .*)$", done.stderr, re.MULTILINE)
    first = re.search(r"first step (\d) of (main(?:/\d)*)$", done.stderr, re.MULTILINE)
    assert first is not None, done.stderr
    words = shlex.split(command)
    assert f"tbreak task 2:{first[2]}{'' if '/' in first[2] else '/'}, hits =={first[1]}" in words
    stopped = again(words).stderr
    depth = first[2].count("/") + 1
    at = rf"^step {first[1]} of main(#{depth})? \(\d+\), \S+ s into run 2$"
    assert re.search(at, stopped, re.MULTILINE), stopped


def again(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Type the command of a report in a shell."""
    return subprocess.run(
        [sys.executable, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_no_failure_as_json_and_the_second_run(script: Path) -> None:
    source = programs.LOST_UPDATE.replace("main", "first") + programs.LOCKED_UPDATE
    source += "\nprint(trio.run(first))\ntrio.run(main)\n"
    done = explore(script, source, "--run", "2", "--jobs", "2", "--json")
    assert done.returncode == 0
    begins, told = done.stdout.splitlines()[0], done.stdout.splitlines()[-1]
    assert begins == "balance 2", "the run before it runs as ever"
    verdict = json.loads(told)
    assert verdict["sentence"] == "budget ended after 300, not exhausted"
    assert verdict["failures"] == []
    assert done.stderr == ""


def test_failures_of_several_kinds(script: Path) -> None:
    source = """
import trio

async def one():
    await trio.lowlevel.checkpoint()
    seen.append(1)

async def main():
    global seen
    seen = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one)
        await trio.lowlevel.checkpoint()
        if seen:
            raise ValueError
        await trio.lowlevel.checkpoint()
        if not seen:
            raise KeyError
"""
    done = explore(script, source + RUN, "--all-failures", "--json", "--budget", "60")
    assert done.returncode == 1
    found = [each["title"] for each in json.loads(done.stdout)["failures"]]
    assert sorted(found) == [
        "KeyError at program.py:18 in main",
        "ValueError at program.py:15 in main",
    ]


def test_a_program_that_cannot_be_explored(script: Path) -> None:
    done = explore(script, "print('no run')\nraise SystemExit(0)\n")
    assert done.returncode == 2
    assert done.stderr == ("could not explore\n  the program ended without having run Trio\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--explore -c continue", "--explore and -c exclude each other"),
        ("--explore --replay stepdbg:1:x", "this schedule is damaged"),
        ("--explore --strategy luck", "--strategy luck: say portfolio"),
        ("--explore --strategy bounded --jobs 2", "takes one process"),
        ("--explore --jobs 0", "--jobs 0: not a number from 1"),
        ("--budget 3", "need --explore"),
    ],
)
def test_options_that_make_no_sense(words: str, told: str) -> None:
    with pytest.raises(BadUsage, match=re.escape(told)):
        cli.parse_options([*words.split(), "program.py"])
