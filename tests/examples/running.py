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


def python(
    *arguments: str, stdin: str = "", keep_open: tuple[int, ...] = (), merged: bool = False
) -> Finished:
    """Run this interpreter in the project's folder, with a seeded coin in Trio.

    merged: what it writes as an error is in its standard output, in order.
    """
    environment = os.environ | {"PYTHONPATH": str(SEEDED), "PYTHONUNBUFFERED": "1"}
    child = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        pass_fds=keep_open,
        check=False,
    )
    return Finished(child.returncode, child.stdout, child.stderr or "")


def bare(example: str) -> Finished:
    """Run an example with plain Python."""
    return python(f"examples/{example}.py")


def debugged(example: str, *commands: str, stdin: str = "") -> Finished:
    """Run an example under the debugger, with one ``-c`` for each command.

    Its standard output is a transcript: the debugger's text and the program's, in order, with
    what either writes as an error.
    """
    options = [word for command in commands for word in ("-c", command)]
    return python("-m", "stepdbg", *options, f"examples/{example}.py", stdin=stdin, merged=True)


def continued(example: str, *options: str) -> Finished:
    """Continue an example, and say no more."""
    return python("-m", "stepdbg", *options, "-c", "continue", f"examples/{example}.py")


def continued_aside(example: str) -> Finished:
    """Continue an example while the debugger speaks on a channel of its own."""
    with open(os.devnull, "wb") as channel:
        aside = f"--json-fd={channel.fileno()}"
        words = ("-m", "stepdbg", aside, "-c", "continue", f"examples/{example}.py")
        return python(*words, keep_open=(channel.fileno(),))
