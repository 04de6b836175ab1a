"""Choosing which task steps next: `pick`, `order`.

Owns: what these commands mean, and the sentence about what Trio would have done.
Does not own: holding, or the run queue (run_queue), which lets the tasks step in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.errors import NotNow

from .state import is_about_to_step, overrule

if TYPE_CHECKING:
    from .steerable import ScheduledRun


def order(run: ScheduledRun, chosen: Sequence[Task], word: str = "order") -> str:
    """Let tasks step next in this order, before all others.

    word: the command that did it, for the log.

    Raises:
        NotNow: one of them cannot step, or is named twice.
    """
    for task in chosen:
        _check(run, task)
    if len(set(chosen)) < len(chosen):
        raise NotNow("each task steps once before the others, so name it only once")
    planned = _planned(run)
    current = runs.current_task()
    about_to = current is not None and is_about_to_step(run, current)
    overrule(run.steered, word)
    # A task in the middle of its step goes first anyway, and so does the first one if it is about
    # to step.
    steps_now = current if not about_to or chosen[0] is current else None
    run.steered.order(
        [task for task in chosen if task is not steps_now],
        postponed=current if about_to and current in chosen[1:] else None,
    )
    for task in chosen:
        run.steered.mark(task, word)
    run.carried.arrange()
    return f"{_arrow(run, chosen)}{_after(run)}; {planned}"


def pick(run: ScheduledRun, task: Task) -> str:
    """Let one runnable task step next; the task that was about to step comes right after it.

    Raises:
        NotNow: it cannot step.
    """
    current = runs.current_task()
    if current is not None and task is not current and is_about_to_step(run, current):
        return order(run, [task, current], "pick")
    return order(run, [task], "pick")


def _check(run: ScheduledRun, task: Task) -> None:
    label = run.registry.label_of(task)
    if runs.is_system(run.runner, task):
        raise NotNow(f"{label} is Trio's own task; it runs when Trio wants it to")
    if run.steered.is_held(task):
        raise NotNow(f"{label} is held; `release` it first")
    if task.coro.cr_running:
        raise NotNow(f"{label} is in the middle of a step")
    if not tasks.is_runnable(task):
        raise NotNow(f"{label} is not runnable; `queue` shows which tasks are")


def _planned(run: ScheduledRun) -> str:
    current = runs.current_task()
    if current is not None and is_about_to_step(run, current):
        return f"Trio would have run {run.registry.label_of(current)} first"
    batch = runs.batch(run.loop_frame()) if current is not None else []
    if batch:
        return f"Trio would have run {run.registry.label_of(batch[-1])} next"
    return "Trio had not chosen an order yet"


def _arrow(run: ScheduledRun, chosen: Sequence[Task]) -> str:
    labels = [str(run.registry.label_of(task)) for task in chosen]
    return f"next: {', then '.join(labels)}"


def _after(run: ScheduledRun) -> str:
    current = runs.current_task()
    if current is None or is_about_to_step(run, current):
        return ""
    return f", after this step of {run.registry.label_of(current)}"
