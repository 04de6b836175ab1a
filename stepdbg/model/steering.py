"""Steering: what a front end may do to a held run besides resuming it.

Owns: the protocol `Steering`, part of a `Controller`.
Does not own: reading, breakpoints or evaluating (protocols), or carrying anything out (engine).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from stepdbg.model.records import NamedTuple

from .facts import ScopeNumber, TaskNumber
from .task import FrameRef, TaskLabel
from .values import Budget, Value


class Progress(NamedTuple):
    """How far a run has got while nothing stops it.

    time: its program time in seconds; None if only the program's own clock knows it.
    steps: how many steps the living tasks have taken; None if there are too many tasks to count.
    tasks: how many tasks of the program live.
    busy: whether, for more than half of the time since the last report, it was in steps or the
    process used the processor.
    """

    time: float | None
    steps: int | None
    tasks: int
    busy: bool


class Steering(Protocol):
    """Changes what happens next.  Methods raise `StepdbgError` with a sentence for the user.

    All are called on the thread of the held run.
    """

    def ask_with(self, ask: Callable[[str], bool]) -> None:
        """Set how to ask whether all other tasks may run, for code that needs them to finish.

        ask: shows a sentence that says which task waits for which, and returns whether they may.
        If it was never set, stepdbg gives such code up.
        """

    def report_to(self, report: Callable[[Progress | None], None]) -> None:
        """Set who gets the progress of a recorded run once nothing has stopped it for a second.

        report: called about four times a second, in a thread of ours, with None when the run does
        not go on.  It must not raise.
        """

    def await_free(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """Run a statement that awaits in a frame, and let all other tasks run meanwhile."""

    def await_later(self, frame: FrameRef, source: str) -> str:
        """Run a statement that awaits in a frame before the next step of its task.

        Returns a sentence about what will happen; the outcome arrives as a `Note`.
        """

    def throw(self, task: TaskNumber, frame: FrameRef, source: str, *, later: bool) -> str:
        """Raise the value of an expression in a task; return a sentence about where.

        frame: where the expression is evaluated.
        later: raise it once the task's wait has ended.
        """

    def hold(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Keep tasks from stepping; return a sentence about it, as all methods below."""

    def release(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let held tasks step again; if none are named, all of them."""

    def only(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Hold all tasks except these."""

    def pick(self, task: TaskNumber) -> str:
        """Let a runnable task step next."""

    def order(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let runnable tasks step next, in this order."""

    def time(self) -> str:
        """Return a sentence with the program's time, as the two methods below do."""

    def move_time(self, seconds: float | None) -> str:
        """Move program time forward by some seconds; None: to the next deadline."""

    def set_speed(self, speed: float) -> str:
        """Let program time run slower or faster than real time."""

    def interrupt(self) -> str:
        """Deliver the KeyboardInterrupt of Ctrl-C; return a sentence about where."""

    def reach_of_scope(self, scope: ScopeNumber) -> tuple[TaskLabel, ...]:
        """The tasks that cancelling a scope would reach."""

    def cancel_scope(self, scope: ScopeNumber) -> None:
        """Cancel a scope."""

    def move_deadline(self, scope: ScopeNumber, seconds: float) -> None:
        """Set a scope's deadline in program seconds from now; inf removes it."""

    def reach_of_task(self, task: TaskNumber) -> tuple[TaskLabel, ...]:
        """The tasks that end with a task: the task itself, and those that it has spawned."""

    def cancel_task(self, task: TaskNumber) -> None:
        """Cancel a task and those that it has spawned; its siblings go on."""
