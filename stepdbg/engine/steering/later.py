"""What stepdbg does before a task's next step, because it could not be done at once.

Owns: holding the run for that moment, and reporting the outcome.
Does not own: noticing the step (engine.noticing.events), the act itself.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.stopping.held import Held
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.stops import Note, StopKind
from stepdbg.model.values import Budget, Value

from .awaiting import drive_in

if TYPE_CHECKING:
    from stepdbg.engine.typed.evaluator import Evaluator

    from .steerable import SteerableRun, SteeringHouse

T = TypeVar("T")


def await_before_step(
    house: SteeringHouse, run: SteerableRun, task: Task, frame: FrameType, source: str
) -> str:
    """Run a statement that awaits before the next step of a blocked task.

    Raises:
        NotNow: the task can await at once.
    """
    label = run.registry.label_of(task)
    if task.coro.cr_running or tasks.is_runnable(task):
        raise NotNow(f"{label} is not blocked: `await` works at once, without --when-runnable")

    def work() -> None:
        if all(frame is not each for each in run.live_frames(task)):
            run.tell(Note(f"`{source}` was not run: its frame has ended", "warning"))
            return
        held = Held(StopKind.STEP, task, run=run.life.id)
        house.desk.ask(held, run, lambda: run.tell(_as_current(task, tried)))

    def tried() -> Note:
        return _outcome(house.evaluator, run, task, frame, source)

    run.steered.do_later(task, work)
    return f"`{source}` runs before the next step of {label}"


def _outcome(
    evaluator: Evaluator, run: SteerableRun, task: Task, frame: FrameType, source: str
) -> Note:
    label = run.registry.label_of(task)
    try:
        value = evaluator.execute(
            frame, source, Budget(), context=task.context, drive=drive_in(run, task)
        )
    except StepdbgError as error:
        return Note(f"{label}: `{source}` failed: {error}", "warning")
    return Note(f"{label}: `{source}` gave {_text(value)}")


def _text(value: Value | None) -> str:
    return "None" if value is None else value.text


def _as_current(task: Task, work: Callable[[], T]) -> T:
    """Do something as Trio's current task."""
    before = runs.current_task()
    runs.set_current_task(task)
    try:
        return work()
    finally:
        runs.set_current_task(before)
