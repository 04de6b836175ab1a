"""Samples of a long step while it lasts, and of a busy run.

Owns: `LastingStep`, samples of one step from another thread; `Glimpse`, a sample of a run that
may take more steps than the recorder keeps.
Does not own: taking samples (noticing.lasting), how long steps take (recorder, linting.steps).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import CodeType
from typing import Final

from stepdbg._trio_internals import recording as r
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import os

_NOTES: Final = 64
"""From how many of the last notes to work out how busy a run is at a moment."""


class Glimpse(NamedTuple):
    """How busy a run was at one moment.

    when: the moment, from `perf_counter`.
    rate: how many steps a second there were.
    shares: by task number, the share of the time that its steps took.
    steps: by task number, how many steps it had taken in all.
    """

    when: float
    rate: float
    shares: dict[int, float]
    steps: dict[int, int]


def glimpse(notes: Sequence[r.Note], now: float) -> Glimpse:
    """Find how busy a run is from its last notes; no step has been under way for long.

    The time after its last step does not count, because this thread had to wait for its turn.

    Args:
        notes: all notes that are kept, with times of `perf_counter`; more may be added meanwhile.
        now: the present time of the same clock.
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
    """A step of which samples were taken while it lasted.

    Args:
        began: when it began, from `perf_counter`.
        task: the number of its task.
        step: its own number.

    Attributes:
        seconds: how long it had lasted at the last sample.
        reported: whether the user knows of it.
        tell_after: after how many seconds to report it again.
    """

    def __init__(self, began: float, task: int, step: int) -> None:
        self.began = began
        self.task, self.step = task, step
        self.seconds = 0.0
        self.reported = False
        self.tell_after = 0.0
        self._seen: dict[tuple[int, int], int] = {}
        self._codes: dict[int, CodeType] = {}

    def is_step(self, task: int, number: int) -> bool:
        """Whether this is that step of the task of that number.

        Its beginning does not tell: the time of a stop in the step is taken out of it later.
        """
        return (self.task, self.step) == (task, number)

    def look(self, code: CodeType, line: int | None, seconds: float) -> None:
        """Add a sample: the step is at this line of own code, and has lasted so many seconds."""
        self.seconds = seconds
        self._codes[id(code)] = code
        key = id(code), line or code.co_firstlineno
        self._seen[key] = self._seen.get(key, 0) + 1

    def where(self) -> str:
        """``app.py:20-22 in count``: the sampled lines of the function with the most samples."""
        counts: dict[int, int] = {}
        for (code, _), count in self._seen.items():
            counts[code] = counts.get(code, 0) + count
        if not counts:
            return ""
        most = max(counts, key=counts.__getitem__)
        found, lines = self._codes[most], sorted(line for each, line in self._seen if each == most)
        span = f"{lines[0]}-{lines[-1]}" if lines[0] != lines[-1] else f"{lines[0]}"
        return f"{os.path.basename(found.co_filename)}:{span} in {found.co_name}"
