"""Other interpreters in this process: `sys._current_frames` would ruin their memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "programs" / "edge" / "other_interpreters.py"
LINE = next(
    number
    for number, line in enumerate(PROGRAM.read_text().splitlines(), 1)
    if line.endswith("# @mark here")
)


def debugged(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stepdbg", *options, str(PROGRAM)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_looking_thread_leaves_them_alone() -> None:
    """It reads the frames of a step that lasts, 20 times a second."""
    ended = debugged("--record", "-c", "break slow 1ms, 0", "-c", "continue")
    assert (ended.stdout, ended.returncode) == ("done\n", 0), ended.stderr


def test_a_stop_beside_them() -> None:
    commands = [f"break {LINE}", "continue", "where", "threads", "threads -a", "clear", "continue"]
    ended = debugged("--output", "stdout", *(word for each in commands for word in ("-c", each)))
    assert "in thread " in ended.stdout
    if sys.version_info >= (3, 12):
        assert ended.stdout.count("error: the stacks of threads cannot be read while") == 2
    assert ended.stdout.count("done\n") == 1
    assert ended.returncode == 0, ended.stderr
