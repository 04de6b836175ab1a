"""Watching a program keeps nothing of it alive: no frame, no task, no exception."""

from __future__ import annotations

import pytest

from tests.launcher.side_by_side import plain, run

from .test_random_programs import REAL, WAYS, beside, stopping

PROGRAM = ("no_cycles.py",)
EVENTS = ("spawn", "block", "wake", "cancel", "exit")
MORE = {f"on {event}": stopping(f"break task * on {event}") for event in EVENTS}


@pytest.mark.parametrize("way", [*WAYS, *MORE])
def test_nothing_is_kept(way: str) -> None:
    options = WAYS.get(way) or MORE[way]

    assert run([*beside(options), *PROGRAM], cwd=REAL) == run([*plain(), *PROGRAM], cwd=REAL)
