"""A task's private side: number, steps, and what it will be sent.

Owns: access to `trio._core._run.Task`.  Does not own: runs and scopes, any decision.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from operator import attrgetter

import outcome
import trio
from trio._core._run import Nursery, Runner, Task

from stepdbg.sealed import own_copy, undisturbed

number: Callable[[Task], int] = attrgetter("_counter")
"""Trio's creation counter: unique in the process, 0 for the first root task.

This and the others below that are not Python functions are called at every step or stop.
"""


def with_number(those: Iterable[Task], wanted: int | None) -> Task | None:
    """The task with that number, if it is one of `those`."""
    return next((task for task in those if number(task) == wanted), None)


nurseries_of: Callable[[Task], list[Nursery]] = own_copy(Task.child_nurseries.fget)  # type: ignore[attr-defined]  # a property
"""The nurseries that a task has open, outermost first."""

children_of: Callable[[Nursery], frozenset[Task]] = own_copy(Nursery.child_tasks.fget)  # type: ignore[attr-defined]  # a property
"""The tasks that run in a nursery."""


def raises_groups(nursery: Nursery) -> bool:
    """Whether a nursery always raises a group, even for a single exception."""
    return getattr(nursery, "_strict_exception_groups", True)


def runner_of(task: Task) -> Runner:
    """The run that a task belongs to."""
    return task._runner


steps_taken: Callable[[Task], int] = attrgetter("_schedule_points")
"""How often the task has been suspended: the number of steps that it has completed."""


def steps_done(task: Task) -> int:
    """The number of steps that a task has completed, with the one in which it has ended."""
    return task._schedule_points + (task.coro.cr_frame is None)


def is_runnable(task: Task) -> bool:
    """Whether the task is on the run queue or in the batch (Trio's own invariant)."""
    return task._next_send_fn is not None


def is_started(task: Task) -> bool:
    """Whether its first step has begun."""
    coro = task.coro
    return task._schedule_points > 0 or coro.cr_running or coro.cr_suspended


def gets_value(task: Task) -> bool:
    """Whether its next step will get a value and not an exception, as nearly always."""
    return type(task._next_send) is outcome.Value


def error_to_come(task: Task) -> BaseException | None:
    """The exception that its next step will raise at the await, if it is known already."""
    sent = task._next_send
    if type(sent) is outcome.Error:  # it has no subclasses; `isinstance` would ask an ABC each time
        return sent.error
    return sent if isinstance(sent, BaseException) else None


to_be_sent: Callable[[Task], object] = attrgetter("_next_send")
"""What its next step will get: an outcome, which holds the result of `error_to_come`."""

how_to_be_sent: Callable[[Task], object] = attrgetter("_next_send_fn")
"""None for a task that is not runnable."""


def failed_with(error: BaseException) -> outcome.Error:
    """The outcome for an exception; its class calls `isinstance`, perhaps the program's."""
    if vars(builtins).get("isinstance") is isinstance:
        return outcome.Error(error)
    with undisturbed():
        return outcome.Error(error)


def make_cancelled() -> trio.Cancelled:
    """A `trio.Cancelled` as Trio makes one; the signature changed in 0.31."""
    try:
        return trio.Cancelled._create(source="explicit")
    except TypeError:
        return trio.Cancelled._create()


def raise_at_next_step(task: Task, error: BaseException) -> None:
    """Make a runnable task's next step raise `error` where it is suspended.

    A task that has not started gets it at its first line, so none of its code runs.
    """
    if is_started(task):
        task._next_send_fn = task.coro.send
        task._next_send = failed_with(error)
    else:
        task._next_send_fn = task.coro.throw
        task._next_send = error


def is_being_cancelled(task: Task) -> bool:
    """Whether its next step will raise `trio.Cancelled` at the await."""
    return isinstance(error_to_come(task), trio.Cancelled)
