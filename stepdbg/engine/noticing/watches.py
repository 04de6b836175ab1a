"""What is watched in all runs at once: exits of tasks, cancellations of scopes, steps that last.

Owns: when Trio's methods are wrapped, and when steps are looked at: only while something needs
that.
Does not own: the looking (lasting), the wrapping (_trio_internals.patches) or what an exit means
(events, failing).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

import outcome
from trio import Nursery
from trio.lowlevel import Task

from stepdbg._trio_internals import patches, runs, tasks
from stepdbg.engine.cancelling import happening
from stepdbg.engine.process.guard import settle
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.engine.stacks.frames import innermost_own, task_frames
from stepdbg.model.breakpoints import (
    CancelTarget,
    DeadlineTarget,
    ExceptionTarget,
    TaskEvent,
)
from stepdbg.model.depth import with_room
from stepdbg.model.standard import sys
from stepdbg.model.stops import StopKind

from . import failing

if TYPE_CHECKING:
    from .lasting import LookedAt, StepWatch
    from .noticed import Watching


class Watches:
    """The wrapped methods of one session."""

    def __init__(self, session: Watching) -> None:
        self._session = session
        self._exits: Callable[[], None] | None = None
        self._exits_of = ""
        self._blocks: Callable[[], None] | None = None
        self._cancels: Callable[[], None] | None = None
        self._steps: StepWatch | None = None

    def look_at_steps(self, run: LookedAt, *, wanted: bool) -> None:
        """Begin or end looking at the steps of a run while they last."""
        if self._steps is None and wanted:
            from .lasting import StepWatch  # at the first run that needs it

            self._steps = StepWatch(self._session)
        if self._steps is not None:
            self._steps.arrange(run, wanted=wanted)

    def arrange(self) -> None:
        """Watch what plans and breakpoints need, and nothing else."""
        table = self._session.breakpoints
        exits = (
            bool(table.waiting_for(TaskEvent.EXIT, TaskEvent.FAIL))
            or bool(table.enabled(ExceptionTarget))
            or any(run.plan.exits or run.carried.watched for run in self._session.runs.active())
        )
        failures = failing.are_wanted(self._session) and any(
            run.carried.attached for run in self._session.runs.active()
        )
        self._watch_exits("all" if exits else "failed" if failures else "")
        if failures and self._blocks is None:
            self._blocks = patches.watch_failing_nurseries(self._on_failing)
        elif not failures and self._blocks is not None:
            self._blocks()
            self._blocks = None
        cancels = bool(table.enabled(CancelTarget, DeadlineTarget))
        if cancels and self._cancels is None:
            self._cancels = patches.watch_cancels(self._on_cancel)
        elif not cancels and self._cancels is not None:
            self._cancels()
            self._cancels = None

    def _watch_exits(self, of: str) -> None:
        # Never stack two patches: undoing the first would undo both.
        if of == self._exits_of:
            return
        if self._exits is not None:
            self._exits()
            self._exits = None
        if of:
            self._exits = patches.watch_exits(self._on_exit, failed_only=of == "failed")
        self._exits_of = of

    def _on_failing(self, nursery: Nursery, error: BaseException) -> None:
        try:
            run = self._session.runs.of_runner(tasks.runner_of(nursery.parent_task))
            if run is not None:
                with_room(partial(failing.on_failing, run, nursery, error))
        except BaseException as bug:  # Trio is the caller
            _fault(bug, "watching a nursery fail")

    def _on_exit(self, task: Task, result: outcome.Outcome[object]) -> None:
        try:
            run = self._session.runs.of_runner(tasks.runner_of(task))
            if run is not None:
                run.events.on_exit(task, result)
        except BaseException as error:  # Trio is the caller
            _fault(error, "watching a task exit")

    def _on_cancel(self, scope: runs.CancelScope) -> None:
        try:
            here = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
            with_room(partial(self._hit_by_cancel, scope, here))
        except BaseException as error:  # Trio or the program is the caller
            _fault(error, "watching a scope being cancelled")

    def _hit_by_cancel(self, scope: runs.CancelScope, here: FrameType) -> None:
        run = self._session.runs.of_thread()
        if run is None or run.quitting or run.held is not None:
            return
        seen = happening.happening(scope, here)
        task, frame = seen.by, seen.frame
        if task is None:  # Trio's loop cancels: show the task that is cancelled
            task = next(iter(happening.who_gets_it(scope)), None)
        asked = frame if task is None or frame is not None else innermost_own(task_frames(task))
        in_wait = happening.is_part_of_wait(scope, here)
        by_deadline = seen.source == "deadline"
        hits = self._session.hits.at_cancel(asked, by_deadline=by_deadline, in_wait=in_wait)
        if hits:
            run.stop(StopReason(StopKind.BREAKPOINT, task, frame, hits, cancelled=seen))


def _fault(error: BaseException, doing: str) -> None:
    """Report an exception of a watcher, which must not get into Trio."""
    settle(error, doing, "your program goes on")
