"""`interact`: a Python prompt in the frame, with top-level await."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.harness import debugging

PROGRAM = Path(__file__).parents[1] / "programs" / "steered.py"


def test_every_line_is_python() -> None:
    with debugging("steered") as dbg:
        dbg.do("tbreak task worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task="worker#1")
        assert "Python in worker" in dbg.text("interact")
        dbg.do("step = 3")
        assert dbg.text("step") == "3"
        assert dbg.text("await answer(step)") == "3"
        assert dbg.do("for n in range(2):").wants_more
        dbg.do("    step += n")
        dbg.do("")
        assert dbg.text("step") == "4"
        assert "back" in dbg.text("exit()")
        dbg.go("step")


def test_the_end_of_input_returns_to_the_debugger() -> None:
    lines = "interact\nx = 1 + 1\nx\nexit()\nquit\n"
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", "--output", "stdout", str(PROGRAM)],
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ">>> x" in done.stdout
    assert "\n2\n" in done.stdout
    assert done.returncode == 125
