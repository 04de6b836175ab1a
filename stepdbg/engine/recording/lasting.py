"""Where a step was while it lasted.

Owns: `LastingStep`, what was seen of one step from outside of it.
Does not own: looking (noticing.lasting), how long steps take (recorder, linting.steps).
"""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Final

from stepdbg.model.standard import os

_NEAR: Final = 0.02
"""Seconds by which two may differ that say when a step began: each reads the clock itself."""


class LastingStep:
    """One step that was looked at while it lasted.

    Args:
        began: when it began, by `perf_counter`.

    Attributes:
        told: whether the user has been told; tell_after: after how many seconds to do so again.
    """

    def __init__(self, began: float) -> None:
        self.began = began
        self.told = False
        self.tell_after = 0.0
        self._seen: dict[tuple[int, int], int] = {}
        self._codes: dict[int, CodeType] = {}

    def is_of(self, began: float) -> bool:
        """Whether this is the step that began at that moment."""
        return abs(self.began - began) < _NEAR

    def look(self, own: FrameType) -> None:
        """It is at this line of own code right now."""
        code = own.f_code
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
