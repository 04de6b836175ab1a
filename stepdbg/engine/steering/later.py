"""What is done before a task's next step, because it could not be done at once.

Owns: holding the run for that moment, and telling what came of it.
Does not own: noticing the step (engine.events), the act itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.clock import hold_clock
from stepdbg.engine.interrupts import interrupts_are_ours
from stepdbg.engine.stopping import its_turn
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.stops import Note
from stepdbg.model.values import Budget, Value

from .awaiting import drive_in

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun


def await_before_step(run: DebuggedRun, task: Task, frame: FrameType, source: str) -> str:
    """Run a statement that awaits before the next step of a blocked task.

    Raises:
        NotNow: the task can await at once.
    """
    label = run.registry.label_of(task)
    if task.coro.cr_running or tasks.is_runnable(task):
        raise NotNow(f"{label} is not blocked: `await` works at once, without --when-runnable")

    def work() -> None:
        if all(frame is not each for each in run.live_frames(task)):
            run.session.tell(Note(f"`{source}` was not run: its frame has ended", "warning"))
            return
        with _held(run, task):
            run.session.tell(_outcome(run, task, frame, source))

    run.steered.do_later(task, work)
    return f"`{source}` runs before the next step of {label}"


def _outcome(run: DebuggedRun, task: Task, frame: FrameType, source: str) -> Note:
    evaluator = run.session.evaluator
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


@contextmanager
def _held(run: DebuggedRun, task: Task) -> Iterator[None]:
    """Hold the run as at a stop, without asking anybody."""
    session = run.session
    with hold_clock(run.runner.clock), its_turn(run), interrupts_are_ours():
        run.state, run.held_task, session.held = "stopped", task, run
        before = runs.current_task()
        runs.set_current_task(task)
        try:
            yield
        finally:
            runs.set_current_task(before)
            run.state, run.held_task, session.held = "running", None, None
            session.evaluator.forget_frames()
