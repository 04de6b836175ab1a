"""Runs an example in a child process, bare or under the debugger.

Owns: the command line, the repeatable schedule, and how output is compared.
Does not own: what is expected of an example.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SEEDED = Path(__file__).parent / "seeded"

PATIENCE = 60
"""Seconds before a child process counts as hung."""


@dataclass(frozen=True)
class Finished:
    """What is left of a child process."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        """Its standard output by lines."""
        return self.stdout.splitlines()


def python(*arguments: str, stdin: str = "", keep_open: tuple[int, ...] = ()) -> Finished:
    """Run this interpreter in the project's folder, with a seeded coin in Trio."""
    environment = os.environ | {"PYTHONPATH": str(SEEDED), "PYTHONUNBUFFERED": "1"}
    child = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        pass_fds=keep_open,
        check=False,
    )
    return Finished(child.returncode, child.stdout, child.stderr)


def bare(example: str) -> Finished:
    """Run an example with plain Python."""
    return python(f"examples/{example}.py")


def debugged(example: str, *commands: str, stdin: str = "") -> Finished:
    """Run an example under the debugger, with one ``-c`` for each command.

    Its standard output is a transcript: the debugger's text and the program's, in order.
    """
    options = [word for command in commands for word in ("-c", command)]
    return python("-m", "stepdbg", *options, f"examples/{example}.py", stdin=stdin)


def continued_aside(example: str) -> Finished:
    """Continue an example while the debugger speaks on a channel of its own."""
    with open(os.devnull, "wb") as channel:
        aside = f"--json-fd={channel.fileno()}"
        words = ("-m", "stepdbg", aside, "-c", "continue", f"examples/{example}.py")
        return python(*words, keep_open=(channel.fileno(),))
