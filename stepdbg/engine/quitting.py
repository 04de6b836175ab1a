"""Ending a program with its cleanup.

Owns: how a quit reaches the tasks of a run, and what ``trio.run`` raises at its end.
Does not own: the user's wish (session.quit), exit codes of the shell (cli).

Quit is Trio's own cancellation: the scope around the main task is cancelled, so that every
``finally``, ``__aexit__`` and shielded clean-up runs as it does at a timeout, and nothing of
ours can be caught, logged or grouped.  Code that was about to go on does not: a runnable
task gets its Cancelled where it is suspended, and a task that has not started never starts.
When the run has ended, ``trio.run`` raises SystemExit in the place of whatever the main task
came to, so that the rest of the program ends quietly, too.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import outcome
import trio

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg.model.stops import Quit

from . import capture, quit_progress, values

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from .run import DebuggedRun
    from .session import Session

QUIT_EXIT_CODE = 125
"""The exit code of a program that was quit before its end."""


def quit_program(session: Session, *, hard: bool = False) -> None:
    """End the program, with its cleanup unless `hard`; from any thread."""
    if hard:
        session.front_end.close()
        quit_now()
    if not session.quitting:
        session.quit_progress = quit_progress.QuitProgress(session)
        session.quit_progress.begin()
    session.quitting = True
    session.last_resume = Quit()
    for run in session.runs.active():
        run.call_here(partial(quit_run, run))


def quit_run(run: DebuggedRun, leaving: BaseException | None = None) -> None:
    """Cancel everything in a run; called on its thread, at a stop or in a call-back.

    leaving: what ``trio.run`` is to raise; None for SystemExit.
    """
    if run.quitting or run.state == "ended":
        return
    run.quitting, run.quits_with = True, leaving
    run.steered.release_everybody()
    scope = runs.main_scope(run.runner)
    if scope is None:
        return
    scope.cancel()
    current = runs.current_task()
    for task in [*([] if current is None else [current]), *_runnable(run)]:
        cancelled = scopes.task_is_cancelled(task) and tasks.is_runnable(task)
        if cancelled and tasks.error_to_come(task) is None:
            tasks.raise_at_next_step(task, tasks.make_cancelled())
    runs.wake_loop(run.runner)  # at an idle stop it is about to sleep, perhaps for ever


def _runnable(run: DebuggedRun) -> list[Task]:
    this_pass, next_pass = capture.runnable_tasks(run)
    return [*this_pass, *next_pass]


def unwind_from_here() -> None:
    """Raise Cancelled into the program, for a quit inside a step.

    Does nothing where the task's code is shielded: its clean-up is to finish.
    """
    task = runs.current_task()
    if task is not None and scopes.task_is_cancelled(task):
        raise tasks.make_cancelled()


def end_of_run(run: DebuggedRun) -> None:
    """Let ``trio.run`` raise SystemExit, or what it was quit with."""
    leaving = SystemExit(QUIT_EXIT_CODE) if run.quits_with is None else run.quits_with
    runs.set_main_outcome(run.runner, outcome.Error(leaving))


def is_failure(error: BaseException) -> bool:
    """Whether a task that ends with this has failed, rather than been told to end.

    A group counts when anything in it does: a nursery wraps what its tasks raise.
    """
    if isinstance(error, BaseExceptionGroup):
        return any(is_failure(member) for member in error.exceptions)
    return not isinstance(error, trio.Cancelled | KeyboardInterrupt | SystemExit)


def describe_outcome(run: DebuggedRun) -> tuple[str, str]:
    """What a run came to, for `RunEnded`: the word, and an exception in one line."""
    if run.quitting:
        return "quit", ""
    error = runs.main_error(run.runner)
    if error is None:
        return "returned", ""
    return "raised", values.describe_exception(error)


def quit_now() -> None:
    """End the process without any cleanup; what was printed still gets out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # closed, or none at all
    os._exit(QUIT_EXIT_CODE)
