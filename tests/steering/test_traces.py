"""What a session leaves behind by detach, quit, crash and end: nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import debugging

PROGRAM = Path(__file__).parents[1] / "programs" / "traces.py"
LINE = next(
    number
    for number, text in enumerate(PROGRAM.read_text().splitlines(), 1)
    if text.endswith("# @mark here")
)
STEERED = "hold worker*\nspeed 0.5\nbreak task nobody\n"


def run(*words: str, commands: str | None = None) -> subprocess.CompletedProcess[str]:
    stepdbg = [] if commands is None else ["-m", "stepdbg", "--output", "stdout"]
    return subprocess.run(
        [sys.executable, *stepdbg, str(PROGRAM), *words],
        input=commands,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def report(done: subprocess.CompletedProcess[str], first: str) -> list[str]:
    """The program's report that begins with a word; "modes" is its last line."""
    lines = done.stdout.splitlines()
    begin = lines.index(first)
    end = next(n for n in range(begin, len(lines)) if lines[n].startswith("modes"))
    return lines[begin : end + 1]


@pytest.mark.parametrize(
    "before", ["", "step 2\n", f"break {LINE}\ncontinue\n", "hold main\nstep\n"]
)
def test_detach_leaves_the_program_as_it_would_be(before: str) -> None:
    bare = run()
    left = run(commands=f"{before}{STEERED}detach\n")
    assert left.returncode == bare.returncode == 0, left.stderr
    assert report(left, "inside") == report(bare, "inside")
    assert report(left, "after") == report(bare, "after")


@pytest.mark.parametrize(
    ("words", "commands"),
    [
        ((), "continue\n"),
        ((), f"break {LINE}\ncontinue\nnext\ncontinue\n"),
        (("crash",), "continue\n"),
        (("crash",), f"break {LINE}\ncontinue\nnext\ncontinue\nquit\n"),
        ((), "quit\n"),
        ((), f"break {LINE}\ncontinue\nnext\nquit\n"),
        ((), "hold main\nquit\n"),
    ],
)
def test_nothing_is_left_after_the_end(words: tuple[str, ...], commands: str) -> None:
    bare = report(run(*words), "after")
    after = report(run(*words, commands=commands), "after")
    # The hook of `breakpoint()` is ours until the process ends.
    assert _without_hooks(after) == _without_hooks(bare)


def _without_hooks(lines: list[str]) -> list[str]:
    return [line for line in lines if "hooks" not in line]


def test_breakpoint_is_pythons_own_after_detach(tmp_path: Path) -> None:
    program = tmp_path / "asks.py"
    program.write_text(
        "import trio\n"
        "async def main():\n"
        "    value = 41\n"
        "    breakpoint()\n"
        "    print('value', value)\n"
        "trio.run(main)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", "-c", "detach", str(program)],
        input="p value + 1\ncontinue\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "(Pdb) 42" in done.stdout
    assert "value 41" in done.stdout


def test_a_hard_quit_ends_at_once() -> None:
    done = run(commands="quit!\n")
    assert done.returncode == 125
    assert "after" not in done.stdout.splitlines()


def test_a_program_that_was_left_runs_to_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("steered") as dbg:
        dbg.do("tbreak task worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task="worker#1")
        dbg.do("order waiter worker#1")
        dbg.do("hold worker#2")
        dbg.do("speed 2")
        dbg.resume("detach")
        dbg.expect_end()
    assert capfd.readouterr().out == "['cleaned up', 'one 3', 'two 3', 'waiter 0']\n"
