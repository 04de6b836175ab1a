"""The benchmarks can be run, and count as they say."""

from __future__ import annotations

import pytest
import trio

from benchmarks import pairs, settings, table


async def little() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.lowlevel.checkpoint, name="watched")
        for _ in range(3):
            nursery.start_soon(trio.lowlevel.checkpoint)


@pytest.mark.parametrize("name", settings.SETTINGS)
def test_a_setting_runs_and_leaves_nothing_behind(name: str) -> None:
    measured = pairs.measure(little, settings.SETTINGS[name], 2)
    assert len(measured) == 2
    assert all(alone > 0 and other > 0 for alone, other in measured)
    with settings.bare() as instruments:
        assert instruments == []
        assert trio.run(count_instruments) == 0


async def count_instruments() -> int:
    """How many instruments this run carries, ours included."""
    from trio._core._run import GLOBAL_RUN_CONTEXT

    return len(GLOBAL_RUN_CONTEXT.runner.instruments["_all"])


def test_a_ratio_is_taken_pair_by_pair_and_the_control_taken_off() -> None:
    control = table.Row.of("w", "bare", [(1.0, 1.02), (2.0, 2.04), (4.0, 4.08)])
    row = table.Row.of("w", "slow", [(1.0, 1.5), (2.0, 3.2), (4.0, 6.8)])
    assert control.median == pytest.approx(1.02)
    assert row.median == pytest.approx(1.6)
    assert row.bare_ms == pytest.approx(2000)
    assert row.quartiles == pytest.approx((1.55, 1.65))
    assert row.less_control(control) == pytest.approx(1.58)
    *_, last = table.lines([control, row], "bare")
    assert last == "| w | slow | 2000 | 1.600 | 1.550 to 1.650 | 1.580 |"
