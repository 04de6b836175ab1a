"""Raising exceptions for the user: `throw`, `interrupt`.

Owns: where such an exception is raised, and the sentence about that.
Does not own: cancelling (cancelling), the exception object (typed.evaluate).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import interfering, runs, tasks, turning
from stepdbg.engine.describing.values import describe_exception
from stepdbg.model.errors import BadUsage, EvaluationError, NotNow

if TYPE_CHECKING:
    from .steerable import SteerableRun


def exception_from(value: object) -> BaseException:
    """An exception to raise.  Raises `BadUsage` if the value is not one."""
    if isinstance(value, type) and issubclass(value, BaseException):
        try:
            value = value()
        except BaseException as error:
            raise EvaluationError(
                f"the exception cannot be made: {describe_exception(error)}"
            ) from None
    if not isinstance(value, BaseException):
        raise BadUsage(f"{type(value).__name__} is not an exception: `throw TASK ValueError('…')`")
    return value


def throw(run: SteerableRun, task: Task, error: BaseException, *, later: bool) -> str:
    """Raise an exception in a task, at once or (`later`) when its wait has ended by itself.

    Raises:
        NotNow: the task is Trio's own, or its wait cannot be ended.
    """
    label = run.registry.label_of(task)
    what = describe_exception(error)
    if runs.is_system(run.runner, task):
        raise NotNow(f"{label} is Trio's own task: an exception in it would end the whole run")
    if task.coro.cr_running:
        return _throw_here(run, task, error, what)
    if task.coro.cr_frame is None:
        raise NotNow(f"{label} has run its last step")
    if tasks.is_runnable(task):
        return _throw_soon(run, task, error, what)
    if later:
        run.steered.do_later(task, lambda: interfering.raise_soon(task, error))
        return f"{label} raises {what} when its wait has ended"
    refusal = interfering.refusal(task)
    if refusal:
        raise NotNow(
            f"{label} waits for {refusal}, which cannot be ended; `throw --when-runnable …` "
            "raises as soon as it has ended by itself"
        )
    if interfering.abort_wait(task, error):
        run.steered.mark(task, "throw")
        runs.wake_loop(run.runner)
        return f"{label} raises {what} where it waits"
    return f"{label} has been told of {what}, but its wait has not ended at once"


def _throw_soon(run: SteerableRun, task: Task, error: BaseException, what: str) -> str:
    label = run.registry.label_of(task)
    lost = tasks.error_to_come(task)
    started = tasks.is_started(task)
    interfering.raise_soon(task, error)
    run.steered.mark(task, "throw")
    if not started:
        return f"{label} raises {what} before its first line"
    instead = "" if lost is None else f", in the place of {describe_exception(lost)}"
    return f"{label} raises {what} at its next step{instead}"


def _throw_here(run: SteerableRun, task: Task, error: BaseException, what: str) -> str:
    label = run.registry.label_of(task)
    held = run.held
    if held is None or task is not held.task or not held.at_line:
        raise NotNow(f"{label} is in the middle of a step; `next` gets to a line of it")
    held.throw(error)
    run.steered.mark(task, "throw")
    return f"{label} raises {what} at this line when the run goes on"


def interrupt(run: SteerableRun) -> str:
    """Deliver the KeyboardInterrupt of a Ctrl-C, and say where it is raised."""
    held = run.held
    if held is not None and held.at_line and not turning.ki_protection_enabled(held.frame):
        held.throw(KeyboardInterrupt())
        return "KeyboardInterrupt is raised at this line when the run goes on"
    interfering.interrupt(run.runner)
    runs.wake_loop(run.runner)
    return "the main task raises KeyboardInterrupt at its next checkpoint"
