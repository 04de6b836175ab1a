"""Looks take a tenth of the time at most, however often the program stops."""

from __future__ import annotations

import pytest

from stepdbg.engine.linting import watch
from stepdbg.model.standard import time


def test_looks_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, looks = 0.0, []
    monkeypatch.setattr(time, "perf_counter", lambda: now)

    def look() -> None:
        nonlocal now
        now += 0.125
        looks.append(now)

    share = watch._Share(at_once=0.5)
    for _ in range(100):
        share.spend(look)
    assert len(looks) == 5, "the half second at once, and a tenth of it again"

    for _ in range(400):
        now += 0.125
        share.spend(look)
    assert 30 <= len(looks) - 5 <= 50, "one in nine stops"
