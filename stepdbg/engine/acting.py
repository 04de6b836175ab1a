"""Running code of the user on behalf of a task.

Owns: finding the live frame, and making its task the current one meanwhile.
Does not own: the evaluation (evaluate).
"""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.errors import NoSuchTask, NotNow
from stepdbg.model.facts import NO_TASK
from stepdbg.model.stops import Note
from stepdbg.model.task import FrameRef

from .inspector import LiveInspector
from .postmortem import DeadThread
from .standard_streams import streams_kept

if TYPE_CHECKING:
    from .run import DebuggedRun
    from .session import Session


def run_of_task(session: Session, number: int) -> DebuggedRun:
    """The run in which a task lives.  Raises `NoSuchTask`."""
    for run in session.runs.active():
        if any(tasks.number(task) == number for task in runs.living_tasks(run.runner)):
            return run
    raise NoSuchTask(f"task {number} does not live any more; `tasks` lists who does")


@contextmanager
def acting_for(
    session: Session, ref: FrameRef
) -> Iterator[tuple[FrameType, contextvars.Context | None]]:
    """A live frame to evaluate in, with its task as the current one.

    Gives the frame, and the context to enter: None where the right one is entered.  What is
    done to the terminal's mode meanwhile, or to the standard streams, does not last.
    Raises `NoSuchTask`, `NoSuchFrame`.
    """

    def tell(sentence: str) -> None:
        session.tell(Note(sentence, "warning"))

    with _in_frame(session, ref) as found, streams_kept(tell):
        yield found


@contextmanager
def _in_frame(
    session: Session, ref: FrameRef
) -> Iterator[tuple[FrameType, contextvars.Context | None]]:
    dead = session.held_outside
    if isinstance(dead, DeadThread):
        if ref.task not in (NO_TASK, dead.task):
            raise NotNow(
                "after the end code runs in the frames of the exception alone; "
                "`exceptions` goes back to them"
            )
        yield dead.live_frame(ref.index), None
        return
    if ref.task == NO_TASK:
        yield LiveInspector(session, None).live_frame(ref), None
        return
    run = run_of_task(session, ref.task)
    inspector = LiveInspector(session, run)
    task = inspector.find_task(ref.task)
    # Inside a step the task's context is entered already and cannot be entered twice.
    entered = task.coro.cr_running or (run.held_frame is not None and task is run.held_task)
    before = runs.current_task()
    runs.set_current_task(task)
    try:
        yield inspector.live_frame(ref), None if entered else task.context
    finally:
        runs.set_current_task(before)
