"""Whether anybody is left of a program that has ended.

Owns: finding the processes of a session.  A program whose children are to be found is
started as the leader of a session of its own (`start_new_session`).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_PATIENCE = 10.0
"""Seconds: who ends with its parent, as what `multiprocessing` starts, needs a moment for it."""

_PROCESSES = Path("/proc")
_DEAD = ("Z", "X")


def assert_nobody_is_left(leader: int) -> None:
    """Fail if a process of the session lives.

    Args:
        leader: the process number of the program, which has ended.
    """
    end = time.monotonic() + _PATIENCE
    while left := living(leader):
        assert time.monotonic() < end, f"left behind: {left}"
        time.sleep(0.01)


def living(leader: int) -> list[str]:
    """The processes of a session, each with its name; without /proc, of the process group."""
    if (_PROCESSES / "self" / "stat").exists():
        return [name for stat in _PROCESSES.glob("[0-9]*/stat") if (name := _member(stat, leader))]
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return []
    return [f"process group {leader}"]


def _member(stat: Path, leader: int) -> str:
    """The process's number and name if it lives and is of the session (see proc(5))."""
    try:
        name, _, rest = stat.read_text().rpartition(")")
    except OSError:  # it has just ended
        return ""
    state, _parent, _group, session = rest.split()[:4]
    return f"{name})" if int(session) == leader and state not in _DEAD else ""
