"""Running the program once more: a strategy that follows the log of the live run to its end.

Owns: `Rewind`.
Does not own: following a log (scheduling.replaying), what is done at a moment (past).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg.engine.scheduling.log_place import ReplayedRun, could_step
from stepdbg.engine.scheduling.replaying import Replay

if TYPE_CHECKING:
    from stepdbg.model.schedules import Schedule, Turn


class Moments(Protocol):
    """Follows how far a run is that is executed once more."""

    def before_step(self, number: int) -> None:
        """A step begins next; counted over all tasks from 1."""

    def at_present(self) -> None:
        """The run has reached the present moment of the live run.  Does not return."""

    def diverged(self, expected: str) -> None:
        """The run does something else than the first time.  Does not return."""


class Rewind(Replay):
    """A strategy that lets the tasks of a run step as they did the first time.

    Args:
        run: the run, which is about to begin.
        schedule: all steps so far.
        moments: is told of each step, and of the end.

    Attributes:
        stepping: the task whose step began last, None before the first step.
    """

    def __init__(self, run: ReplayedRun, schedule: Schedule, moments: Moments) -> None:
        super().__init__(run, schedule)
        self._moments = moments
        self.stepping: Task | None = None

    @property
    def steps(self) -> int:
        """How many steps have begun."""
        return self._place.steps

    def _takes(self, task: Task) -> None:
        super()._takes(task)
        self.stepping = task
        self._moments.before_step(self._place.steps)

    def end(self) -> None:
        """The run is over."""
        self._moments.at_present()

    def _end_of_log(self) -> None:
        self._moments.at_present()

    def _diverge(self, turn: Turn, queued: Sequence[Task]) -> None:
        self._moments.diverged(f"{self._place.expected(turn)}{could_step(self._run, queued)}")
