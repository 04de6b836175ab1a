"""What stepdbg costs before the program's first line."""

from __future__ import annotations

import os

from .side_by_side import PROGRAMS, debugged, environment, plain, run

BUDGET = 0.015
"""Seconds of processor time over plain python."""

ROUNDS = 15


def processor_time(command: list[str]) -> float:
    """Seconds that a command takes of the processor, its output thrown away."""
    null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    child = os.posix_spawn(command[0], command, environment(), file_actions=null)
    _, status, used = os.wait4(child, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime


def test_start_up_budget() -> None:
    script = str(PROGRAMS / "empty.py")
    run([*debugged(), script])  # its bytecode is cached from now on

    rounds = [
        (processor_time([*plain(), script]), processor_time([*debugged(), script]))
        for _ in range(ROUNDS)
    ]

    # The least of several is what the work itself takes, however busy the machine is.
    least_plain, least_debugged = (min(column) for column in zip(*rounds, strict=True))
    assert least_debugged - least_plain < BUDGET
