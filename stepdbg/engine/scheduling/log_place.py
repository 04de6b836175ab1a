"""A place in the log of a schedule, and what the log says there.

Owns: `LogPlace`; the run that follows a log, as a protocol.
Does not own: following it (replaying).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import expiring, runs, scopes, tasks
from stepdbg.engine.stacks.frames import innermost_own, task_frames
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import Logged, Turn, TurnKind, turns_of
from stepdbg.model.standard import os

if TYPE_CHECKING:
    from stepdbg.engine.recording.registry import Registry
    from stepdbg.model.stops import Event


class ReplayedRun(Protocol):
    """A run that follows a schedule."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def held(self) -> object | None: ...
    @property
    def quitting(self) -> bool: ...
    @property
    def tell(self) -> Callable[[Event], None]: ...


class LogPlace:
    """A place in the log of a schedule.

    Args:
        log: the log.
        run: the run that follows it.

    Attributes:
        next: the turn that comes next; None after the end.
        steps: how many steps the log has up to this place.
        looks: in the last step taken, the numbers of the looks at the clock at which a scope finds
            that its deadline has passed.
    """

    def __init__(self, log: Logged, run: ReplayedRun) -> None:
        self.steps = 0
        self.looks: tuple[int, ...] = ()
        self._turns: Iterator[Turn] = turns_of(log)
        self._coming: list[int] = []
        self.next: Turn | None = None
        self._log, self._run = log, run
        self._numbers: dict[int, int] = {}
        self.go_on()

    def go_on(self) -> None:
        """Move to the next turn at which the run has something to do; the last one was taken."""
        if self.next is not None and self.next.kind is TurnKind.STEP:
            self.steps += 1
            self.looks = ()
            if self._coming:
                self.looks = tuple(self._coming)
                self._coming.clear()
        self.next = turn = next(self._turns, None)
        while turn is not None and turn.kind is TurnKind.LOOK:
            self._coming.append(turn.look)
            self.next = turn = next(self._turns, None)

    def number_of(self, turn: Turn) -> int | None:
        """The number of the task of a turn; None before it is spawned."""
        known = self._numbers.get(turn.task)
        if known is not None:
            return known
        paths = self._run.registry.paths
        if paths is not None:
            known = paths.number_of(self._log.tasks[turn.task])
            if known is not None:
                self._numbers[turn.task] = known
        return known

    def scope_of(self, turn: Turn) -> tuple[float, runs.CancelScope] | None:
        """The deadline of a turn, with its scope; None if the task has none that is pending.

        The log says which of the task's deadlines it was if there were several.
        """
        number = self.number_of(turn)
        for deadline, scope in expiring.by_deadline(self._run.runner):
            owner = scopes.oldest_under(scope)
            if owner is not None and tasks.number(owner) == number:
                timed = scopes.timed_around(owner)
                if turn.which is None:
                    return deadline, scope
                chosen = timed[turn.which] if turn.which < len(timed) else None
                if chosen is None or not scopes.is_pending(chosen):
                    return None
                return scopes.deadline(chosen), chosen
        return None

    def makes_no_difference(self, turn: Turn) -> bool:
        """Whether a missing deadline belongs to a task that is being cancelled anyway.

        If a scope is cancelled, or its deadline passes, scopes inside it whose deadlines are due by
        the clock pass with it.  In the log they may have passed a moment later.
        """
        number = self.number_of(turn)
        return any(
            tasks.number(task) == number and scopes.task_is_cancelled(task)
            for task in self._run.runner.tasks
        )

    def expected(self, turn: Turn) -> str:
        """What the log says at a turn, and why the run cannot do it."""
        who, at = self._log.tasks[turn.task], f"step {self.steps + 1} of {self._log.steps}"
        if turn.kind is TurnKind.DEADLINE:
            return f"a deadline of {who} should pass before {at}, but it has none"
        number = self.number_of(turn)
        found = tasks.with_number(self._run.runner.tasks, number)
        frame = None if found is None else innermost_own(task_frames(found))
        if number is None:
            state = "no such task has been spawned"
        elif frame is None:
            state = "it is not runnable" if found else "it has ended"
        else:
            state = f"it waits at {os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
        return f"{who} should take {at}, but {state}"


def could_step(run: ReplayedRun, queued: Sequence[Task]) -> str:
    """Which tasks of the program's could step, as the end of a sentence; empty for none."""
    tasks_ = [task for task in queued if not runs.is_system(run.runner, task)]
    others = sorted(str(id_of(run.registry, task)) for task in tasks_)
    return f"; runnable: {', '.join(others[:5])}" if others else ""


def id_of(registry: Registry, task: Task) -> LogicalId:
    """The logical id of a task; if it has none, the id for a task without a parent."""
    found = registry.logical_id_of(task)
    return found if isinstance(found, LogicalId) else LogicalId("loop")
