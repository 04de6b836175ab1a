"""Where a step was while it lasted, and how busy a run was at moments.

Owns: `LastingStep`, what was seen of one step from outside of it; `Glimpse`, what was seen of a
run that may take more steps than are kept.
Does not own: looking (noticing.lasting), how long steps take (recorder, linting.steps).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import CodeType, FrameType
from typing import Final, NamedTuple

from stepdbg._trio_internals import recording as r
from stepdbg.model.standard import os

_NEAR: Final = 0.02
"""Seconds by which two may differ that say when a step began: each reads the clock itself."""


_NOTES: Final = 64
"""So many of the last notes tell how busy a run is at a moment."""


class Glimpse(NamedTuple):
    """How busy a run was at one moment.

    when: by `perf_counter`.  rate: how many steps a second there were.
    shares: by task number, the share of the time that its steps took.
    steps: by task number, how many steps it had taken in all.
    """

    when: float
    rate: float
    shares: dict[int, float]
    steps: dict[int, int]


def glimpse(notes: Sequence[r.Note], now: float) -> Glimpse:
    """How busy a run is, by what it did last; no step has been under way for long.

    What has come after the last of its steps is left out: this thread had to wait for its turn.

    Args:
        notes: all that are kept, with times of `perf_counter`; they may grow meanwhile.
        now: the same clock.
    """
    shares: dict[int, float] = {}
    steps: dict[int, int] = {}
    count, begun, ended = 0, now, now
    for index in range(-1, -1 - min(_NOTES, len(notes)), -1):
        kind, when, number, step, took, _ = notes[index]
        if kind in r.STEP_ENDS:
            shares[number] = shares.get(number, 0.0) + took
            steps.setdefault(number, step)
            ended = ended if count else when
            count, begun = count + 1, when - took
    seconds = max(ended - begun, 1e-6)
    shares = {each: ran / seconds for each, ran in shares.items()}
    return Glimpse(now, count / seconds, shares, steps)


class LastingStep:
    """One step that was looked at while it lasted.

    Args:
        began: when it began, by `perf_counter`.
        task: the number of its task; step: its own.

    Attributes:
        seconds: how long it had lasted when it was looked at last.
        told: whether the user has been told; tell_after: after how many seconds to do so again.
    """

    def __init__(self, began: float, task: int, step: int) -> None:
        self.began = began
        self.task, self.step = task, step
        self.seconds = 0.0
        self.told = False
        self.tell_after = 0.0
        self._seen: dict[tuple[int, int], int] = {}
        self._codes: dict[int, CodeType] = {}

    def is_of(self, began: float) -> bool:
        """Whether this is the step that began at that moment."""
        return abs(self.began - began) < _NEAR

    def look(self, own: FrameType, seconds: float) -> None:
        """It is at this line of own code right now, and has lasted so long."""
        code, self.seconds = own.f_code, seconds
        self._codes[id(code)] = code
        key = id(code), own.f_lineno
        self._seen[key] = self._seen.get(key, 0) + 1

    def where(self) -> str:
        """``app.py:20-22 in count``: the lines of the function that it was seen in most."""
        counts: dict[int, int] = {}
        for (code, _), count in self._seen.items():
            counts[code] = counts.get(code, 0) + count
        if not counts:
            return ""
        most = max(counts, key=counts.__getitem__)
        found, lines = self._codes[most], sorted(line for each, line in self._seen if each == most)
        span = f"{lines[0]}-{lines[-1]}" if lines[0] != lines[-1] else f"{lines[0]}"
        return f"{os.path.basename(found.co_filename)}:{span} in {found.co_name}"
