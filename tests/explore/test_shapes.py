"""The classic shapes are found, and nothing is found in their correct twins."""

from __future__ import annotations

import os

import pytest

from stepdbg.engine.exploring.calls import call_of
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import ExploreWish
from stepdbg.model.exploring import Verdict, VerdictKind
from tests.explore.shapes import SHAPES, apart, burst

SEEDS = range(int(os.environ.get("STEPDBG_SEEDS", "1")))
"""`STEPDBG_SEEDS` says how many, 20 for the full count."""

STARTS = [apart] if len(SEEDS) == 1 else [burst, apart]
"""In a burst most of them are found at once."""


def explored(name: str, start: object, *, right: bool, budget: int, seed: int) -> Verdict:
    wish = ExploreWish(schedules=budget, seconds=None, seed=seed, explains=False)
    call = call_of(SHAPES[name], (start, right))
    return Search(call, wish, lambda _schedules, _distinct, _seconds: None).verdict()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", SHAPES)
def test_a_bug_is_found(name: str, start: object, seed: int) -> None:
    verdict = explored(name, start, right=False, budget=1_000, seed=seed)
    assert len(verdict.faults) == 1, verdict


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", SHAPES)
def test_a_correct_twin_has_none(name: str, start: object) -> None:
    budget = 20 if len(SEEDS) == 1 else 1_000
    verdict = explored(name, start, right=True, budget=budget, seed=1)
    assert (verdict.cut, verdict.faults) == (0, ())
    assert verdict.kind is VerdictKind.EXHAUSTED or verdict.schedules == budget
