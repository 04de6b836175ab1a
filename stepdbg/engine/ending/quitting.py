"""Ending a program with its cleanup.

Owns: how a quit reaches the tasks of a run, and what ``trio.run`` raises at its end.
Does not own: the user's wish (ways_out), exit codes of the shell (cli).

Quit uses Trio's own cancellation: it cancels the scope around the main task.  So every ``finally``,
``__aexit__`` and shielded clean-up runs as it does at a timeout, and the program cannot catch, log
or group any exception of stepdbg's.  Code that was about to go on does not go on: a runnable task
gets its Cancelled where it is suspended, and a task that has not started never starts.  When the
run has ended, ``trio.run`` raises SystemExit in place of the main task's outcome, so that the rest
of the program ends quietly as well.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from sys import _getframe
from types import FrameType
from typing import NoReturn

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg.engine.describing import values
from stepdbg.model import program_streams
from stepdbg.model.standard import os

QUIT_EXIT_CODE = 125
"""The exit code of a program that was quit before its end."""


def cancel_everything(runner: runs.Runner, loop_frame: FrameType | None) -> None:
    """Cancel everything in a run; called on its thread, at a stop or in a call-back."""
    from stepdbg._trio_internals import interfering  # late, because few programs are quit

    # Else `trio.run` would raise the KeyboardInterrupt in the place of what a quit raises.
    interfering.take_back_interrupt(runner)
    scope = runs.main_scope(runner)
    if scope is None:
        return
    scopes.cancel(scope)
    current = runs.current_task()
    runnable = [*reversed(runs.batch(loop_frame)), *runs.queued(runner)]
    for task in [*([] if current is None else [current]), *runnable]:
        cancelled = scopes.task_is_cancelled(task) and tasks.is_runnable(task)
        if cancelled and tasks.error_to_come(task) is None:
            tasks.raise_at_next_step(task, tasks.make_cancelled())
    if runs.is_guest(runner):
        _tell_waiting_host(runner)
    runs.wake_loop(runner)  # at an idle stop the loop is about to sleep, perhaps for ever


def _tell_waiting_host(runner: runs.Runner) -> None:
    """Wake AnyIO's test runner, which still has to end a fixture and waits for this run."""
    from stepdbg._trio_internals import finding, repeating  # late, because few runs are guests

    if finding.has_waiting_host(runner):
        repeating.let_host_fail(_getframe())


def what_unwinds_from_here() -> BaseException | None:
    """The Cancelled to raise into the program, for a quit inside a step.

    None if the task's code is shielded, so that its clean-up can finish.
    """
    task = runs.current_task()
    if task is not None and scopes.task_is_cancelled(task):
        return tasks.make_cancelled()
    return None


def end_with(runner: runs.Runner, leaving: BaseException | None) -> None:
    """Let ``trio.run`` raise an exception in place of its outcome; None: SystemExit."""
    error = SystemExit(QUIT_EXIT_CODE) if leaving is None else leaving
    runs.set_main_outcome(runner, tasks.failed_with(error))


def describe_outcome(runner: runs.Runner) -> tuple[str, str]:
    """The outcome of a run, for `RunEnded`: a word for it, and an exception in one line."""
    error = runs.main_error(runner)
    if error is None:
        return "returned", ""
    return "raised", values.describe_exception(error)


def quit_now(let_go: Callable[[], None]) -> NoReturn:
    """End the process without any cleanup; only what was printed is still flushed.

    let_go: called first, so that the front end gives back what it has.
    """
    try:
        with suppress(Exception):  # whatever goes wrong now, the process ends
            let_go()
        program_streams.flush()
    finally:
        os._exit(QUIT_EXIT_CODE)  # noqa: SLF001 - documented
