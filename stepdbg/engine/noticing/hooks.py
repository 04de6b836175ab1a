"""The instruments that Trio calls.

Owns: one small instrument for each hook, so that a run pays only for the hooks that it needs;
putting the hook for the end on a run.
Does not own: what happens at a hook (events), which hooks a run carries (carrying).

If a hook raises, Trio logs the exception, removes the instrument and goes on without it
(``Instruments.call``): the debugger would be gone.  So every hook catches everything.  An exception
there is a bug of stepdbg, and is reported as one (`fail`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.model.depth import missed

if TYPE_CHECKING:
    from .noticed import EndingRun, EndingRuns, HookedRun


class _Hook(trio.abc.Instrument):
    """The base of all hooks.

    Args:
        run: the run whose events it passes on.
    """

    def __init__(self, run: HookedRun) -> None:
        self._run = run


class BeginHook(_Hook):
    """Carried by every run that begins while it is debugged."""

    def before_run(self) -> None:
        try:
            self._run.begin()
        except BaseException as error:
            self._run.fail(error)


class EndHook(_Hook):
    """Carried at the end of a run; see `RunEnds`."""

    def after_run(self) -> None:
        try:
            self._run.finish()
        except BaseException as error:
            self._run.fail(error)


class StepHook(_Hook):
    """Carried only while a plan or a pass needs every step."""

    def before_task_step(self, task: Task) -> None:
        try:
            self._run.events.on_step(task)
        except BaseException as error:
            self._run.fail(error)


class AfterStepHook(_Hook):
    """Carried only while a breakpoint waits for tasks to block."""

    def after_task_step(self, task: Task) -> None:
        try:
            self._run.events.on_step_done(task)
        except BaseException as error:
            self._run.fail(error)


class WakeHook(_Hook):
    """Carried only while a breakpoint waits for tasks to wake."""

    def task_scheduled(self, task: Task) -> None:
        try:
            self._run.events.on_wake(task)
        except BaseException as error:
            try:
                self._run.fail(error, partial(self._run.events.on_wake, task))
            except RecursionError:  # the program wakes a task with too few frames left
                missed.append("looking at a task that wakes")


class SlowHook(_Hook):
    """Carried only while a breakpoint waits for slow steps."""

    def before_task_step(self, task: Task) -> None:  # noqa: ARG002 - the hook's signature
        try:
            self._run.events.slow.begin()
        except BaseException as error:
            self._run.fail(error)

    def after_task_step(self, task: Task) -> None:
        try:
            self._run.events.on_slow(task, self._run.events.slow.end())
        except BaseException as error:
            self._run.fail(error)


class WatchHook(_Hook):
    """Carried only while values are watched."""

    def before_task_step(self, task: Task) -> None:
        try:
            self._run.events.on_values(task, stepped=False)
        except BaseException as error:
            self._run.fail(error)

    def after_task_step(self, task: Task) -> None:
        try:
            self._run.events.on_values(task, stepped=True)
        except BaseException as error:
            self._run.fail(error)


class IdleHook(_Hook):
    """Carried while a breakpoint waits for the run to be idle.

    It is also carried for lints, in a run whose clock does not show when it is idle.
    """

    def before_io_wait(self, timeout: float) -> None:
        try:
            self._run.look_when_idle()
            if timeout > 0:
                self._run.events.on_idle()
        except BaseException as error:
            self._run.fail(error)


class RunEnds:
    """Notices the end of each run of a session.

    A program can see which hooks its run carries, and Trio's own tests check them.  So the hook for
    the end is put on late: when Trio has begun to take the run apart, right before it calls
    `after_run`.

    Args:
        book: the runs.
    """

    def __init__(self, book: EndingRuns) -> None:
        self._book = book
        self._restore: Callable[[], None] | None = None

    def begin(self) -> None:
        """Begin to notice when runs end."""
        self._restore = runs.patch_run_end(self._on_closing)

    def expect(self, run: EndingRun) -> None:
        """Prepare for the end of an attached run: hook it now if this Trio cannot be patched."""
        if self._restore is None:
            runs.carry(run.runner, run.end_hook)

    def close(self) -> None:
        """Undo the patch; runs under way get their hook for the end now."""
        restore, self._restore = self._restore, None
        if restore is not None:
            for run in self._book.active():
                self.expect(run)
            restore()

    def _on_closing(self, closing: Callable[[runs.Runner], bool]) -> None:
        for run in self._book.active():
            try:
                if closing(run.runner):
                    runs.carry(run.runner, run.end_hook)
            except BaseException as error:  # nothing may escape into Trio
                run.fail(error)
