"""Steering on behalf of a front end.

Owns: `LiveSteering`, which finds the run and the task that a request is about.
Does not own: what is done to them (the other modules here).
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from stepdbg.engine.acting import acting_for, run_of_task
from stepdbg.engine.inspector import LiveInspector
from stepdbg.model.errors import NotNow
from stepdbg.model.facts import NO_TASK, TaskNumber
from stepdbg.model.task import FrameRef
from stepdbg.model.values import Budget, Value

from .awaiting import Drive, drive_in
from .later import await_before_step

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from stepdbg.engine.run import DebuggedRun
    from stepdbg.engine.session import Session


class LiveSteering:
    """A `Steering` over all runs of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _find(self, number: TaskNumber) -> tuple[DebuggedRun, Task]:
        """A living task and its run.  Raises `NoSuchTask`."""
        run = run_of_task(self._session, number)
        return run, LiveInspector(self._session, run).find_task(number)

    # -- await ------------------------------------------------------------------------

    def driver(self, frame: FrameRef, *, free: bool = False) -> Drive:
        """What drives a coroutine in a frame; see `awaiting.drive_in`."""

        def drive(coroutine: Coroutine[Any, Any, object]) -> object:
            if frame.task == NO_TASK:
                coroutine.close()
                raise NotNow("nothing can be awaited outside of a run")
            run, task = self._find(frame.task)
            return drive_in(run, task, free=free)(coroutine)

        return drive

    def await_free(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """Run a statement that awaits, while all other tasks run, too."""
        drive = self.driver(frame, free=True)
        with acting_for(self._session, frame) as (live, context):
            return self._session.evaluator.execute(
                live, source, budget, context=context, drive=drive
            )

    def await_later(self, frame: FrameRef, source: str) -> str:
        """Run a statement that awaits before the next step of its task."""
        run, task = self._find(frame.task)
        live = LiveInspector(self._session, run).live_frame(frame)
        return await_before_step(run, task, live, source)
