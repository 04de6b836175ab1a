"""The instruments that Trio calls.

Owns: one small instrument for each hook, so that only the hooks in need are paid for.
Does not own: what happens at a hook (run).

Trio removes an instrument that lets anything escape and goes on without it, so every hook
catches everything; what is caught is a bug of ours and is reported as one (run.fail).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

if TYPE_CHECKING:
    from .run import DebuggedRun


class _Hook(trio.abc.Instrument):
    """The base of all of them.  Args: run: whom to tell."""

    def __init__(self, run: DebuggedRun) -> None:
        self._run = run


class BeginHook(_Hook):
    """Carried by every run that begins while it is debugged."""

    def before_run(self) -> None:
        """See `trio.abc.Instrument`."""
        try:
            self._run.begin()
        except BaseException as error:
            self._run.fail(error)


class EndHook(_Hook):
    """Carried at the end of a run (ends)."""

    def after_run(self) -> None:
        """See `trio.abc.Instrument`."""
        try:
            self._run.finish()
        except BaseException as error:
            self._run.fail(error)


class StepHook(_Hook):
    """Carried only while a plan or a pass needs every step."""

    def before_task_step(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        try:
            self._run.events.on_step(task)
        except BaseException as error:
            self._run.fail(error)


class AfterStepHook(_Hook):
    """Carried only while a breakpoint waits for tasks to block."""

    def after_task_step(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        try:
            self._run.events.on_step_done(task)
        except BaseException as error:
            self._run.fail(error)


class WakeHook(_Hook):
    """Carried only while a breakpoint waits for tasks to wake."""

    def task_scheduled(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        try:
            self._run.events.on_wake(task)
        except BaseException as error:
            self._run.fail(error)


class SlowHook(_Hook):
    """Carried only while a breakpoint waits for slow steps."""

    def before_task_step(self, task: Task) -> None:  # noqa: ARG002 - the hook's signature
        """See `trio.abc.Instrument`."""
        try:
            self._run.events.slow.begin()
        except BaseException as error:
            self._run.fail(error)

    def after_task_step(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        try:
            self._run.events.on_slow(task, self._run.events.slow.end())
        except BaseException as error:
            self._run.fail(error)


class IdleHook(_Hook):
    """Carried while a breakpoint waits for the run to be idle.

    And in a run with a clock of the program's own, which does not tell when that is.
    """

    def before_io_wait(self, timeout: float) -> None:
        """See `trio.abc.Instrument`."""
        try:
            self._run.deadlocks.on_hook()
            self._run.session.lints.on_idle(self._run)
            if timeout > 0:
                self._run.events.on_idle()
        except BaseException as error:
            self._run.fail(error)


class Guarded:
    """A call-back for Trio's entry queue, from which nothing may escape."""

    def __init__(self, run: DebuggedRun, work: Callable[[], None]) -> None:
        self._run = run
        self._work = work

    def __call__(self) -> None:
        """Do the work; what goes wrong is reported as ours."""
        try:
            self._work()
        except BaseException as error:
            self._run.fail(error)
