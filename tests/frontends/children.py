"""Child processes for tests: a Python program with pipes for its standard streams."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.leftovers import assert_nobody_is_left

PATIENCE = 60.0

NO_SETTINGS: Mapping[str, str] = {}

ROOT = Path(__file__).parents[2]


def environment(settings: Mapping[str, str] = NO_SETTINGS) -> dict[str, str]:
    """What a child sees: this repository, UTF-8, eighty columns, and `settings`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "80", **settings}


def start(
    *arguments: str | Path,
    stdin: int = subprocess.PIPE,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    pass_fds: tuple[int, ...] = (),
    settings: Mapping[str, str] = NO_SETTINGS,
) -> subprocess.Popen[bytes]:
    """Start this interpreter with the given arguments, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=pass_fds,
        env=environment(settings),
        start_new_session=True,
    )


def run(
    *arguments: str | Path,
    given: bytes = b"",
    settings: Mapping[str, str] = NO_SETTINGS,
    merged: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run this interpreter to its end, with `given` as its standard input; no child is left.

    merged: both of its output streams are one, so that text is in the order it was written in.
    """
    child = start(
        *arguments,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        settings=settings,
    )
    try:
        out, err = child.communicate(given, timeout=PATIENCE)
    finally:
        child.kill()
        child.wait()
    assert_nobody_is_left(child.pid)
    return subprocess.CompletedProcess(child.args, child.returncode, out, err or b"")


def run_without(descriptor: int, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run this interpreter to its end with one of its standard streams closed."""
    words = ["sh", "-c", f'exec "$@" {descriptor}>&-', "sh", sys.executable, *arguments]
    return subprocess.run(
        words, env=environment(), capture_output=True, timeout=PATIENCE, check=False
    )
