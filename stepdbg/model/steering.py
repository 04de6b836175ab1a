"""Steering: what a front end may do to a held run besides letting it go on.

Owns: the protocol `Steering`, part of a `Controller`.
Does not own: reading, breakpoints or evaluating (protocols), or carrying anything out (engine).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from .facts import ScopeNumber, TaskNumber
from .task import FrameRef, TaskLabel
from .values import Budget, Value


class Progress(NamedTuple):
    """How a run has got on, while nothing stops it.

    time: its program time in seconds, None where only a clock of the program's own knows it.
    steps: how many steps the tasks that live now have taken, None where they are too many to ask.
    tasks: how many tasks of the program live.
    busy: whether it was in steps, or the process used the processor, for more than half of the time
    since the last report.
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
        """How to ask whether all other tasks may run, for code that cannot finish without them.

        ask: shows a sentence that says which task waits for which, and answers whether they may.
        Where nobody says how to ask, such code is given up.
        """

    def report_to(self, told: Callable[[Progress | None], None]) -> None:
        """Report how the recorded run gets on once nothing has stopped it for a second.

        told: called about four times a second, in a thread of ours; None: it does not go on now.
        It must not raise.
        """

    def await_free(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """Run a statement that awaits in a frame while all other tasks run as well."""

    def await_later(self, frame: FrameRef, source: str) -> str:
        """Run a statement that awaits in a frame before the next step of its task.

        Gives a sentence about what will happen; the outcome comes as a `Note`.
        """

    def throw(self, task: TaskNumber, frame: FrameRef, source: str, *, later: bool) -> str:
        """Raise what an expression gives in a task; a sentence about where.

        frame: where the expression is evaluated.  later: once the task's wait has ended.
        """

    def hold(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Keep tasks from stepping; a sentence about it, as all of the following."""

    def release(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let held tasks step again; none named: all of them."""

    def only(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let nobody else step."""

    def pick(self, task: TaskNumber) -> str:
        """Let a runnable task step next."""

    def order(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let runnable tasks step next, in this order."""

    def time(self) -> str:
        """The program's time, in a sentence, as all of the following."""

    def move_time(self, seconds: float | None) -> str:
        """Move time forward; None: to the next deadline."""

    def set_speed(self, speed: float) -> str:
        """Let program time run slower or faster than real time."""

    def interrupt(self) -> str:
        """Deliver the KeyboardInterrupt of Ctrl-C; a sentence about where."""

    def reach_of_scope(self, scope: ScopeNumber) -> tuple[TaskLabel, ...]:
        """The tasks that cancelling a scope would reach."""

    def cancel_scope(self, scope: ScopeNumber) -> None:
        """Cancel a scope."""

    def move_deadline(self, scope: ScopeNumber, seconds: float) -> None:
        """Set a scope's deadline in program seconds from now; inf takes it away."""

    def reach_of_task(self, task: TaskNumber) -> tuple[TaskLabel, ...]:
        """The tasks that end with a task: itself, and what it has spawned."""

    def cancel_task(self, task: TaskNumber) -> None:
        """Cancel a task and what it has spawned; its siblings go on."""
