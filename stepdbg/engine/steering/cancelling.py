"""Cancelling for the user: a task, a scope, or a scope at a deadline.

Owns: what a cancellation will reach, and doing it.
Does not own: asking whether to (commands).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import interfering, runs, scopes, tasks
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import ScopeNumber
from stepdbg.model.standard import math
from stepdbg.model.task import TaskLabel

if TYPE_CHECKING:
    from .steerable import SteerableRun


def find_scope(run: SteerableRun, number: ScopeNumber) -> runs.CancelScope:
    """A cancel scope that at least one task is inside of.

    Raises:
        StepdbgError: no scope has that number.
        NotNow: it is Trio's own.
    """
    for task in runs.living_tasks(run.runner):
        for scope in scopes.scopes_around(task):
            if run.scope_number(scope) == number:
                if interfering.is_trios_own(scope, run.runner):
                    raise NotNow(f"scope {number} holds Trio's own tasks; `quit` ends the run")
                return scope
    raise StepdbgError(f"no task is inside cancel scope {number}; `tree` shows them")


def reach_of_scope(run: SteerableRun, scope: runs.CancelScope) -> tuple[TaskLabel, ...]:
    """The tasks that cancelling a scope would reach."""
    return _labels(run, interfering.reached_by(scope))


def cancel_scope(run: SteerableRun, scope: runs.CancelScope) -> None:
    """Cancel a scope, as the program would."""
    reached = interfering.reached_by(scope)
    scopes.cancel(scope)
    _woken(run, reached)


def _woken(run: SteerableRun, reached: Iterable[Task]) -> None:
    for task in reached:
        if tasks.is_runnable(task):
            run.steered.mark(task, "cancel")
    runs.wake_loop(run.runner)


def move_deadline(run: SteerableRun, scope: runs.CancelScope, seconds: float) -> None:
    """Set a scope's deadline to this many program seconds from now; inf removes it."""
    now = run.runner.clock.current_time()
    scope.deadline = math.inf if math.isinf(seconds) else now + seconds
    run.steered.note(interfering.reached_by(scope), "deadline")
    runs.wake_loop(run.runner)


def reach_of_task(run: SteerableRun, task: Task) -> tuple[TaskLabel, ...]:
    """The tasks that end if a task is cancelled: itself, and all that it has spawned.

    Raises `NotNow` for Trio's own tasks.
    """
    if runs.is_system(run.runner, task):
        label = run.registry.label_of(task)
        raise NotNow(f"{label} is Trio's own task and has to stay; `quit` ends the run")
    found = [task]
    for each in found:  # the list grows meanwhile
        for nursery in tasks.nurseries_of(each):
            found += tasks.children_of(nursery)
    return _labels(run, found)


def cancel_task(run: SteerableRun, task: Task) -> None:
    """Cancel one task and all that it has spawned; its siblings go on."""
    scope = interfering.cancel_alone(task)
    _woken(run, interfering.reached_by(scope))


def _labels(run: SteerableRun, found: Iterable[Task]) -> tuple[TaskLabel, ...]:
    ours = [each for each in found if not runs.is_system(run.runner, each)]
    return tuple(run.registry.label_of(each) for each in sorted(ours, key=tasks.number))
