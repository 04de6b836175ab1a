"""Jumps where CPython allows them, and a sentence where it does not."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import cast

import pytest

from stepdbg.engine.lines.interface import jump
from stepdbg.model.errors import NotNow
from tests.engine.lines.recording import load, watching

PROGRAM = """
def main():
    done = []
    done.append(1)
    done.append(2)
    for i in range(1):
        done.append(3)
    return done
"""


def run(at: int, to: int) -> tuple[object, list[str], list[str]]:
    """What `main` returns, what was told, and what was refused, for a jump at its first pass."""
    namespace, codes = load(PROGRAM)
    refused: list[str] = []

    def leap(frame: FrameType) -> None:
        recorder.reactions.clear()
        try:
            jump(frame, to)
        except NotNow as error:
            refused.append(str(error))

    with watching() as (events, recorder):
        events.follow([codes["main"]])
        recorder.reactions[f"line main {at}"] = leap
        with warnings.catch_warnings():  # CPython warns of locals that a jump leaves unset
            warnings.simplefilter("ignore", RuntimeWarning)
            result = cast(Callable[[], object], namespace["main"])()
        return result, recorder.take(), refused


def test_ahead() -> None:
    result, words, refused = run(3, 5)
    assert (result, refused) == ([3], [])
    told = [word for word in words if word.startswith("line")]
    assert told == ["line main 2", "line main 3", "line main 6", "line main 5", "line main 7"]


def test_back() -> None:
    result, words, refused = run(5, 3)
    assert (result, refused) == ([1, 2, 1, 2, 3], [])
    assert words.count("line main 4") == 2


@pytest.mark.parametrize(("at", "to", "why"), [(3, 6, "loop"), (3, 99, "after"), (3, -1, "before")])
def test_refused(at: int, to: int, why: str) -> None:
    result, _words, refused = run(at, to)
    assert result == [1, 2, 3]
    assert len(refused) == 1
    assert refused[0].startswith(f"cannot jump to line {to}: ")
    assert why in refused[0]


def test_refused_away_from_a_line() -> None:
    with pytest.raises(NotNow, match="cannot jump to line 1"):
        jump(sys._getframe(), 1)
