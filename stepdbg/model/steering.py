"""Steering: what a front end may do to a held run besides letting it go on.

Owns: the protocol `Steering`, part of a `Controller`.
Does not own: reading, breakpoints or evaluating (protocols), or carrying anything out (engine).
"""

from __future__ import annotations

from typing import Protocol

from .task import FrameRef
from .values import Budget, Value


class Steering(Protocol):
    """Changes what happens next.  Methods raise `StepdbgError` with a sentence for the user.

    All are called on the thread of the held run.
    """

    def await_free(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """Run a statement that awaits in a frame while all other tasks run, too."""

    def await_later(self, frame: FrameRef, source: str) -> str:
        """Run a statement that awaits in a frame before the next step of its task.

        Gives a sentence about what will happen; the outcome comes as a `Note`.
        """
