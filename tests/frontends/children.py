"""Child processes for tests: a Python program with pipes for its standard streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PATIENCE = 60.0

ROOT = Path(__file__).parents[2]


def environment(**settings: str) -> dict[str, str]:
    """What a child sees: this repository, UTF-8, eighty columns, and `settings`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "80", **settings}


def start(
    *arguments: str | Path,
    stdin: int | None = subprocess.PIPE,
    stdout: int | None = subprocess.PIPE,
    stderr: int | None = subprocess.PIPE,
    pass_fds: tuple[int, ...] = (),
    cwd: Path | None = None,
    **settings: str,
) -> subprocess.Popen[bytes]:
    """Start this interpreter with the given arguments."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=pass_fds,
        cwd=cwd,
        env=environment(**settings),
    )


def run(
    *arguments: str | Path, given: bytes = b"", **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run this interpreter to its end, with `given` as its standard input."""
    child = start(*arguments, **settings)
    try:
        out, err = child.communicate(given, timeout=PATIENCE)
    finally:
        child.kill()
        child.wait()
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)
