"""Raising and cancelling from outside.

Owns: ending the wait of a blocked task, cancelling one task, Trio's KeyboardInterrupt.
Does not own: any decision (engine.steering).
"""

from __future__ import annotations

from types import FrameType
from typing import NoReturn

import outcome
import trio
from trio._core._run import CancelScope, CancelStatus, Nursery, Runner, Task

from .await_chain import await_chain
from .frame_values import peek_at
from .runs import NURSERY_END_CODE, current_task
from .scopes import cancel
from .tasks import error_to_come, failed_with, is_runnable, raise_at_next_step

_WAIT_CODE = trio.lowlevel.wait_task_rescheduled.__code__
_THREAD = getattr(trio.to_thread.run_sync, "__wrapped__", trio.to_thread.run_sync)


def _nursery_that_ends(task: Task) -> Nursery | None:
    """The nursery for whose tasks a task waits at the end of its block."""
    before: FrameType | None = None
    for _, frame in await_chain(task.coro):
        if before is not None and frame.f_code is _WAIT_CODE:
            found = peek_at(before, "self")
            ends = before.f_code is NURSERY_END_CODE
            return found if ends and isinstance(found, Nursery) else None
        before = frame
    return None


def refusal(task: Task) -> str:
    """What a blocked task waits for, if that wait cannot be ended; empty if it can."""
    if _nursery_that_ends(task) is not None:
        return "the end of a nursery"
    for _, frame in await_chain(task.coro):
        if _is_wait_for_thread(frame) and not peek_at(frame, "abandon_bool"):
            return "a worker thread"
    if task._abort_func is None:
        return "something that has refused to be cancelled"
    return ""


def _is_wait_for_thread(frame: FrameType) -> bool:
    """Whether it runs Trio's function for threads, whose code may be replaced meanwhile."""
    name = _THREAD.__code__.co_qualname
    return frame.f_code.co_qualname == name and frame.f_globals is _THREAD.__globals__


def raise_soon(task: Task, error: BaseException) -> None:
    """Let a runnable task raise where it is suspended.

    At the end of a nursery's block, Trio keeps the exceptions of its tasks and raises them
    together.  The new exception is added to them: raising it directly would leave the nursery's
    scope open.
    """
    nursery = _nursery_that_ends(task)
    if nursery is None:
        raise_at_next_step(task, error)
    else:
        nursery._pending_excs.append(error)


def abort_wait(task: Task, error: BaseException) -> bool:
    """End the wait of a blocked task by an exception; returns whether the wait has ended.

    Raises:
        TrioInternalError: the wait's own call-back breaks Trio's rules.
    """

    def raise_cancel() -> NoReturn:
        raise error

    traceback = error.__traceback__
    task._attempt_abort(raise_cancel)
    error.__traceback__ = traceback  # without our frame, where it was raised
    if task._next_send_fn is None:
        return False
    task._next_send = failed_with(error)
    return True


def raise_in_run(runner: Runner, error: BaseException) -> bool:
    """Raise an exception in a run: in the current task at its next step, else in the main task.

    If the main task waits, its wait raises the exception.  This is for exceptions of a signal
    handler that runs while Trio's own code is the caller: raised there, they would destroy the run.

    Returns:
        Whether that was possible: it is not if another exception is on its way to the task.
    """
    for task in (current_task(), runner.main_task):
        if task is None or error_to_come(task) is not None:
            continue
        if is_runnable(task):
            raise_soon(task, error)
            return True
        keeps = _nursery_that_ends(task) is not None  # the nursery then cancels its other tasks
        if task._abort_func is not None and (abort_wait(task, error) or keeps):
            return True
    return False


def cancel_alone(task: Task) -> CancelScope:
    """Cancel a task and all that it has spawned, by a scope around them.

    The new scope goes between the task's own scopes and its nursery's.  No ``with`` block belongs
    to it, so nothing would catch the Cancelled that the task ends with, and the nursery would fail
    with it.  So `_forgive` makes the nursery believe that the task has returned None.
    """
    nursery = task.parent_nursery
    assert nursery is not None, "the root task is never cancelled"
    _forgive(nursery, task)
    outer = nursery._cancel_status
    scope = CancelScope()
    around = scope._cancel_status = CancelStatus(scope=scope, parent=outer)
    status: CancelStatus | None = task._cancel_status
    if status is outer:
        task._activate_cancel_status(around)
    else:
        while status is not None and status._parent is not outer:
            status = status._parent
        if status is not None:
            status.parent = around
    cancel(scope)
    return scope


def _forgive(nursery: Nursery, forgiven: Task) -> None:
    """Let a task whose only error is its cancellation end with None instead."""
    finished = nursery._child_finished

    def child_finished(task: Task, result: outcome.Outcome[object]) -> None:
        if task is forgiven:
            runner = task._runner
            whole = runner.main_task_outcome
            if _only_cancelled(result):
                result = outcome.Value(None)
            if task is runner.main_task and whole is not None and _only_cancelled(whole):
                runner.main_task_outcome = outcome.Value(None)
        finished(task, result)

    vars(nursery)["_child_finished"] = child_finished


def _only_cancelled(result: outcome.Outcome[object]) -> bool:
    """Whether a task has ended with cancellations and nothing else."""
    if not isinstance(result, outcome.Error):
        return False
    return _is_only_cancelled(result.error)


def _is_only_cancelled(error: BaseException) -> bool:
    # Not by `split`: it calls a method of the group, which may be code of the program.
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_only_cancelled, error.exceptions))
    return _is_cancelled(error)


def _is_cancelled(error: BaseException) -> bool:
    return isinstance(error, trio.Cancelled)


def interrupt(runner: Runner) -> None:
    """Do what Trio's handler does at Ctrl-C: the main task gets it at its next checkpoint."""
    runner.deliver_ki()


def take_back_interrupt(runner: Runner) -> None:
    """Drop a KeyboardInterrupt that is still to be raised in the main task.

    What `deliver_ki` has left in the entry queue does nothing then, and ``trio.run`` does not
    raise it at its end.
    """
    runner.ki_pending = False


def reached_by(scope: CancelScope) -> list[Task]:
    """The tasks that cancelling a scope would reach; it does not reach into shields."""
    todo = [] if scope._cancel_status is None else [scope._cancel_status]
    found: list[Task] = []
    while todo:
        status = todo.pop()
        found += list(status._tasks)
        todo += [child for child in status._children if not child._scope._shield]
    return found


def is_trios_own(scope: CancelScope, runner: Runner) -> bool:
    """Whether a scope is that of the nursery of Trio's own tasks, or one around it."""
    status: CancelStatus | None = (
        None if runner.init_task is None else runner.init_task._cancel_status
    )
    system = getattr(runner, "system_nursery", None)
    if system is not None and scope is system.cancel_scope:
        return True
    while status is not None:
        main = runner.main_task
        nursery = None if main is None else main.parent_nursery
        if status._scope is scope and (nursery is None or nursery.cancel_scope is not scope):
            return True
        status = status._parent
    return False
