"""After a stop a run is as fast as one that has never been held.

CPython is asked, not a watch: it says which look-ups of Trio's loop it has become quick at.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "programs" / "looks_at_specialization.py"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="3.11 cannot be asked at this place")
@pytest.mark.parametrize(
    "commands", [["continue"], ["step", "set record off", "continue"]], ids=["held", "recorded"]
)
def test_trios_look_ups_are_quick_after_a_stop(commands: list[str]) -> None:
    words = [word for command in commands for word in ("-c", command)]
    command = [sys.executable, "-m", "stepdbg", "--output", "stdout", *words, str(PROGRAM)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "[] []" in done.stdout, done.stdout
    assert done.stderr.splitlines()[-1] == "False"
