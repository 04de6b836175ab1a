"""Running code of the user on behalf of a task.

Owns: finding the live frame, and making its task the current one meanwhile.
Does not own: the evaluation (typed.evaluator).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.process.standard_streams import streams_kept
from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.engine.stopping.postmortem import DeadThread
from stepdbg.model.errors import NoSuchTask, NotNow
from stepdbg.model.facts import NO_TASK
from stepdbg.model.standard import contextvars
from stepdbg.model.stops import Note
from stepdbg.model.task import FrameRef

if TYPE_CHECKING:
    from .steerable import SteerableRun, SteeringHouse


def run_of_task(house: SteeringHouse, number: int) -> SteerableRun:
    """The run in which a task lives.  Raises `NoSuchTask`."""
    for run in house.runs.active():
        if any(tasks.number(task) == number for task in runs.living_tasks(run.runner)):
            return run
    raise NoSuchTask(f"task {number} has exited; `tasks` lists the living tasks")


@contextmanager
def acting_for(
    house: SteeringHouse, ref: FrameRef
) -> Iterator[tuple[FrameType, contextvars.Context | None]]:
    """A live frame to evaluate in, with its task as the current one.

    Gives the frame and the context to enter; None if the right one is entered already.  Changes to
    the terminal's mode or to the standard streams are undone afterwards.
    Raises `NoSuchTask`, `NoSuchFrame`.
    """

    def tell(sentence: str) -> None:
        house.tell(Note(sentence, "warning"))

    with _in_frame(house, ref) as found, streams_kept(tell):
        yield found


@contextmanager
def _in_frame(
    house: SteeringHouse, ref: FrameRef
) -> Iterator[tuple[FrameType, contextvars.Context | None]]:
    dead = house.desk.asked
    if isinstance(dead, DeadThread):
        if ref.task not in (NO_TASK, dead.owner):
            raise NotNow(
                "after the end code runs only in the frames of the exception; "
                "`p NAME` shows a variable that `locals` lists"
            )
        yield dead.live_frame(ref.index), None
        return
    if ref.task == NO_TASK:
        yield LiveInspector(house, None).live_frame(ref), None
        return
    run = run_of_task(house, ref.task)
    inspector = LiveInspector(house, run)
    task = inspector.find_task(ref.task)
    # Inside a step, the task's context is entered already, and it cannot be entered twice.
    held = run.held
    entered = task.coro.cr_running or (held is not None and held.frame_of(task) is not None)
    before = runs.current_task()
    runs.set_current_task(task)
    try:
        yield inspector.live_frame(ref), None if entered else task.context
    finally:
        runs.set_current_task(before)
