"""What each resume means, in one place.

Owns: plans: the engine's answer to "does this step end the resume?".
Does not own: hooks that deliver steps (hooks), breakpoints, or the stop itself (stopping).
"""

from __future__ import annotations

from typing import Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.model.stops import Continue, Passed, Resume, StepTask, StopKind


class Plan(Protocol):
    """How a run goes on after a stop.

    every_step: whether the plan has to see every step; if not, it costs nothing.
    """

    every_step: bool

    def at_step(self, task: Task) -> StopKind | None:
        """A task of the user's is about to step: the kind of stop that this makes, if any."""

    def at_exit(self, task: Task) -> None:
        """A task has exited."""

    def passed(self) -> Passed | None:
        """What ran meanwhile, where it was counted."""

    def note(self) -> str:
        """What the user should know at the stop; empty when all went as asked."""


class RunOn:
    """`continue`: no step ends it."""

    every_step = False

    def at_step(self, task: Task) -> StopKind | None:  # noqa: ARG002 - the protocol's
        """Never stops."""
        return None

    def at_exit(self, task: Task) -> None:
        """Nothing to do."""

    def passed(self) -> Passed | None:
        """Not counted: a continue is free."""
        return None

    def note(self) -> str:
        """Nothing to say."""
        return ""


class _Counting:
    """Counts steps that pass by."""

    every_step = True

    def __init__(self) -> None:
        self._steps = 0
        self._seen: set[int] = set()

    def count(self, task: Task) -> None:
        """A step goes by."""
        self._steps += 1
        self._seen.add(tasks.number(task))

    def passed(self) -> Passed | None:
        """The steps of other tasks since the resume."""
        return Passed(self._steps, len(self._seen)) if self._steps else None


class StepAny(_Counting):
    """`step [N]`: to the N-th next step of any task, or to the next one for a halt."""

    def __init__(self, count: int = 1, kind: StopKind = StopKind.STEP) -> None:
        super().__init__()
        self._left = count
        self._kind = kind

    def at_step(self, task: Task) -> StopKind | None:
        """Stops at the last one of them."""
        self._left -= 1
        if self._left <= 0:
            return self._kind
        self.count(task)
        return None

    def at_exit(self, task: Task) -> None:
        """Nothing to do: any task will do."""

    def note(self) -> str:
        """Nothing to say."""
        return ""


class StepOne(_Counting):
    """`step TASK [N]`: to the N-th next step of one task; when it exits, to the next step.

    Args:
        number: the task's number.
        label: how it is called, for the note.
    """

    def __init__(self, number: int, label: str, count: int = 1) -> None:
        super().__init__()
        self._number = number
        self._label = label
        self._left = count
        self._gone = False

    def at_step(self, task: Task) -> StopKind | None:
        """Stops at the last one of its steps, or at any step once it has exited."""
        if self._gone:
            return StopKind.STEP
        if tasks.number(task) == self._number:
            self._left -= 1
            if self._left <= 0:
                return StopKind.STEP
        else:
            self.count(task)
        return None

    def at_exit(self, task: Task) -> None:
        """Notices that there will be no further step."""
        self._gone = self._gone or tasks.number(task) == self._number

    def note(self) -> str:
        """Says so."""
        return f"{self._label} has exited" if self._gone else ""


def plan_for(resume: Resume, label_of: dict[int, str]) -> Plan:
    """The plan that carries out a resume (a quit is no plan).

    Args:
        label_of: how the task of a `StepTask` is called, by number.
    """
    match resume:
        case StepTask(task=None, count=count):
            return StepAny(count)
        case StepTask(task=number, count=count):
            assert number is not None
            return StepOne(number, label_of.get(number, f"task {number}"), count)
        case Continue():
            return RunOn()
    raise TypeError(f"{resume!r} is no way to go on")
