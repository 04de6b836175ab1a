"""Runs a program twice, by plain python and under stepdbg, and compares what comes out.

Owns: the two command lines and what may differ between them: the one line that says that
Trio was not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.leftovers import assert_nobody_is_left

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "tests" / "programs" / "plain"
NOTE = b"stepdbg: the program ended without running Trio\n"
TIME_LIMIT = 60

_ADDRESS = re.compile(rb"(?<= at )0x[0-9a-f]+")


@dataclass(frozen=True)
class Outcome:
    """What a process left behind, without addresses of objects.

    status: as `subprocess` gives it, -2 for SIGINT.
    """

    stdout: bytes
    stderr: bytes
    status: int


def environment() -> dict[str, str]:
    """This process's environment without what would change a child's Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}


def run(
    command: Sequence[str],
    *,
    cwd: Path = PROGRAMS,
    stdin: bytes = b"",
    merged: bool = False,
    variables: Mapping[str, str] | None = None,
) -> Outcome:
    """Run a command to its end, with no child left; merged: its errors are output, too."""
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        env=environment() | dict(variables or {}),
        start_new_session=True,
    ) as process:
        try:
            out, errors = process.communicate(stdin, TIME_LIMIT)
        finally:
            process.kill()
    assert_nobody_is_left(process.pid)
    return Outcome(_ADDRESS.sub(b"0x", out), _ADDRESS.sub(b"0x", errors or b""), process.returncode)


def plain(*flags: str) -> list[str]:
    """The command that runs python with some of its own options."""
    return [sys.executable, *flags]


def debugged(*flags: str, options: Sequence[str] = ("-c", "continue")) -> list[str]:
    """The command that runs stepdbg under a python with some of its own options."""
    return [sys.executable, *flags, "-m", "stepdbg", *options]


def with_note(outcome: Outcome, *, merged: bool = False) -> Outcome:
    """The outcome with our one line after it."""
    if merged:
        return replace(outcome, stdout=outcome.stdout + NOTE)
    return replace(outcome, stderr=outcome.stderr + NOTE)
