"""How long a step takes.

Owns: timing one step at a time, pauses left out.  Does not own: what counts as slow (hits).
"""

from __future__ import annotations

from time import perf_counter


class StepTimer:
    """Times the step that is under way, in seconds of real time.

    Attributes:
        begun: when it began, by `perf_counter`; None for a step whose beginning nobody saw.
    """

    def __init__(self) -> None:
        self.begun: float | None = None

    def begin(self) -> None:
        """A step begins."""
        self.begun = perf_counter()

    def end(self) -> float:
        """A step is over; returns how long it took, 0 for one whose beginning nobody saw."""
        return 0.0 if self.begun is None else perf_counter() - self.begun

    def leave_out(self, seconds: float) -> None:
        """So many seconds of it were spent at a stop."""
        if self.begun is not None:
            self.begun += seconds

    def forget(self) -> None:
        """Nobody times the step that is under way."""
        self.begun = None
