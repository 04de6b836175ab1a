"""Turning Trio's loop by hand, while the real one is held.

Owns: what the loop does with one task and one wait, taken from ``unrolled_run``.
Does not own: which tasks may run meanwhile, or for how long (engine.steering).

At a stop Trio's loop is below us on the stack, in the middle of a pass, so it cannot turn.  But
`await` at the prompt needs a loop: the awaited code blocks, and has to be woken.  These functions
do what ``unrolled_run`` (``trio/_core/_run.py``) does at each point, to the same objects, so that
the real loop finds a consistent run when it goes on.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from types import CoroutineType
from typing import Any

import outcome
from trio._core import _run
from trio._core._ki import ki_protection_enabled
from trio._core._run import CancelStatus, Runner, Task
from trio._core._traps import (
    CancelShieldedCheckpoint,
    PermanentlyDetachCoroutineObject,
    WaitTaskRescheduled,
)
from trio.lowlevel import spawn_system_task

from stepdbg.model.records import dataclass

from .runs import ENTRY_TASK_CODE
from .tasks import failed_with

__all__ = ["ki_protection_enabled"]

_LONGEST_WAIT = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Parked:
    """What a task was about to be sent, and the rest of its state that `park` has put aside."""

    send_fn: Any
    send: Any
    abort_func: Any
    sleep_data: Any
    cancel_points: int
    schedule_points: int


def park(task: Task) -> Parked:
    """Put aside what a task will be sent, so that it can block and be woken in between."""
    parked = Parked(
        task._next_send_fn,
        task._next_send,
        task._abort_func,
        task.custom_sleep_data,
        task._cancel_points,
        task._schedule_points,
    )
    task._next_send_fn = task._next_send = task._abort_func = task.custom_sleep_data = None
    return parked


def unpark(task: Task, parked: Parked) -> None:
    """Restore what `park` has put aside."""
    task._next_send_fn = parked.send_fn
    task._next_send = parked.send
    task._abort_func = parked.abort_func
    task.custom_sleep_data = parked.sleep_data
    task._cancel_points = parked.cancel_points
    task._schedule_points = parked.schedule_points


def suspend(task: Task, message: object) -> Exception | None:
    """Handle the message of a step that has ended: block the task, or make it runnable again.

    Returns:
        The exception to throw into the task, if its code awaits something of another library (the
        text is Trio's); the task is not blocked then.  Else None.
    """
    runner = task._runner
    task._schedule_points += 1
    if message is CancelShieldedCheckpoint:
        runner.reschedule(task)
    elif type(message) is WaitTaskRescheduled:
        task._cancel_points += 1
        task._abort_func = message.abort_func
        if runner.ki_pending and task is runner.main_task:
            task._attempt_delivery_of_pending_ki()
        task._attempt_delivery_of_any_pending_cancel()
    else:
        return TypeError(
            f"trio.run received unrecognized yield message {message!r}. "
            "Are you trying to use a library written for some "
            "other framework like asyncio? That won't work "
            "without some kind of compatibility shim."
        )
    return None


def take_sent(task: Task) -> object:
    """Take a runnable task out of the run queue again; returns the value to send into it.

    This removes its newest entry: an older one belongs to the state that was put aside.
    """
    queue = task._runner.runq
    for index in range(len(queue) - 1, -1, -1):
        if queue[index] is task:
            del queue[index]
            break
    sent = task._next_send
    task._next_send_fn = task._next_send = None
    return sent


def step(runner: Runner, task: Task) -> None:
    """Take one whole step of a runnable task that has been taken out of the queue."""
    before = getattr(_run.GLOBAL_RUN_CONTEXT, "task", None)
    _run.GLOBAL_RUN_CONTEXT.task = task
    send_fn, send = task._next_send_fn, task._next_send
    task._next_send_fn = task._next_send = None
    assert send_fn is not None, "only a runnable task can step"
    result: outcome.Outcome[object] | None = None
    message: object = None
    try:
        message = task.context.run(send_fn, send)
    except StopIteration as stop:
        result = outcome.Value(stop.value)
    except BaseException as error:  # any exception that leaves a task is its result
        result = failed_with(error)
    try:
        _step_over(runner, task, message, result)
    finally:
        if before is None:
            del _run.GLOBAL_RUN_CONTEXT.task
        else:
            _run.GLOBAL_RUN_CONTEXT.task = before


def _step_over(
    runner: Runner, task: Task, message: object, result: outcome.Outcome[object] | None
) -> None:
    if type(message) is PermanentlyDetachCoroutineObject:
        task._schedule_points += 1
        result = message.final_outcome
    if result is not None:
        runner.task_exited(task, result)
        return
    foreign = suspend(task, message)
    if foreign is not None:
        runner.reschedule(task, outcome.Value(None))
        task._next_send = foreign
        task._next_send_fn = task.coro.throw


def wait(runner: Runner, seconds: float) -> bool:
    """Wait for I/O, at most this many real seconds, and let deadlines expire.

    Returns:
        Whether anything happened.
    """
    events = runner.io_manager.get_events(min(max(seconds, 0.0), _LONGEST_WAIT))
    runner.io_manager.process_events(events)
    expired = runner.deadlines.expire(runner.clock.current_time())
    return bool(events) or bool(expired)


def wake_idle_waiters(runner: Runner) -> bool:
    """Let those calls of ``wait_all_tasks_blocked`` return that wait with the least cushion."""
    waiting = runner.waiting_for_idle
    if not waiting:
        return False
    least = waiting.keys()[0][0]
    while waiting and waiting.keys()[0][0] == least:
        _, task = waiting.popitem(0)
        runner.reschedule(task)
    return True


def busy_entry_task(runner: Runner) -> Task | None:
    """The task that carries out calls from threads, if it is in the middle of one."""
    for task in runner.tasks:
        if type(task.coro) is CoroutineType and task.coro.cr_code is ENTRY_TASK_CODE:
            return task if task.coro.cr_running else None
    return None


def run_entry_jobs(runner: Runner, entry_task: Task) -> None:
    """Carry out the calls from other threads that are waiting, as Trio's own task would.

    A call that fails ends the run; it does not raise here, where other code waits.
    """
    queue = runner.entry_queue
    jobs = [queue.queue.popleft() for _ in range(len(queue.queue))]
    for job in list(queue.idempotent_queue):
        del queue.idempotent_queue[job]
        jobs.append(job)
    for call, args in jobs:
        try:
            call(*args)
        except BaseException as error:
            try:
                spawn_system_task(_fail, error)
            except RuntimeError:  # the run is about to end, and spawns no more tasks
                assert entry_task.parent_nursery is not None
                entry_task.parent_nursery.start_soon(_fail, error)


async def _fail(error: BaseException) -> None:
    raise error


def abort_at_once(task: Task) -> None:
    """Deliver a `trio.Cancelled` to a blocked task, even if it is shielded.

    Trio's own delivery (``_attempt_delivery_of_any_pending_cancel``) looks at the task's scopes
    first, and a shield would stop it.  ``_attempt_abort`` is what it calls after that.
    """
    if task._abort_func is not None:
        from .tasks import make_cancelled

        def raise_cancel() -> Any:
            raise make_cancelled()

        task._attempt_abort(raise_cancel)


def status_of(task: Task) -> CancelStatus | None:
    """The innermost cancel status of a task."""
    return task._cancel_status


@contextmanager
def outside_of(task: Task, scopes: Container[int]) -> Iterator[None]:
    """Move a task outside of its innermost scopes in the block.

    scopes: the ``id`` of each of these.
    """
    before: CancelStatus | None = task._cancel_status
    status = before
    while status is not None and id(status._scope) in scopes:
        status = status._parent
    if status is before:
        yield
        return
    task._activate_cancel_status(status)
    try:
        yield
    finally:
        task._activate_cancel_status(before)


def has_deadline_within(task: Task, outer: CancelStatus | None) -> bool:
    """Whether the task has entered a scope with a deadline inside of a status."""
    status: CancelStatus | None = task._cancel_status
    while status is not None and status is not outer:
        if status._scope._registered_deadline != float("inf"):
            return True
        status = status._parent
    return False
