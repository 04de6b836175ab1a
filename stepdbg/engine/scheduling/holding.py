"""Holding tasks back: `hold`, `release`, `only`; and the stop when no other task is left.

Owns: what these commands do, their sentences, and noticing that everything runnable is held.
Does not own: the run queue (run_queue), or the state (state).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes
from stepdbg._trio_internals.await_chain import anybody_waits_outside
from stepdbg.model.errors import NotNow
from stepdbg.model.task import RunState

from .state import is_about_to_step, overrule

if TYPE_CHECKING:
    from .steerable import HoldingRun, ScheduledRun


def hold(run: ScheduledRun, chosen: Sequence[Task]) -> str:
    """Keep tasks off the run queue, even if something wakes them."""
    _refuse_system(run, chosen)
    steered = run.steered
    steered.reported_held = frozenset()
    overrule(steered, "hold")
    steered.held.update(chosen)
    steered.note(chosen, "hold")
    if steered.only is not None:
        steered.only.difference_update(chosen)
    steered.withdraw()
    run.carried.arrange()
    return f"{_names(run, chosen)} {_are(chosen)} held until `release`{_of_step(run, chosen)}"


def release(run: ScheduledRun, chosen: Sequence[Task]) -> str:
    """Let held tasks run again; without names, all of them.

    Raises:
        NotNow: one of them is not held.
    """
    steered = run.steered
    held = [task for task in runs.living_tasks(run.runner) if steered.is_held(task)]
    for task in chosen:
        if task not in held:
            raise NotNow(
                f"{run.registry.label_of(task)} is not held; `tasks held` lists those that are"
            )
    steered.note(chosen or held, "release")
    if not chosen:
        steered.held.clear()
        steered.only = None
    steered.held.difference_update(chosen)
    if steered.only is not None:
        steered.only.update(chosen)
    steered.give_back()
    run.carried.arrange()
    if not chosen and not held:
        return "no task was held"
    return f"no longer held: {_names(run, chosen or held)}"


def only(run: ScheduledRun, chosen: Sequence[Task]) -> str:
    """Let these tasks run and hold all others, including those that are spawned later."""
    _refuse_system(run, chosen)
    steered = run.steered
    steered.reported_held = frozenset()
    overrule(steered, "only")
    steered.only = set(chosen)
    steered.note(chosen, "only")
    steered.held.difference_update(chosen)
    steered.give_back()
    steered.withdraw()
    run.carried.arrange()
    return f"only {_names(run, chosen)} may run until `release`; all others are held"


def _refuse_system(run: ScheduledRun, chosen: Sequence[Task]) -> None:
    for task in chosen:
        if runs.is_system(run.runner, task):
            label = run.registry.label_of(task)
            raise NotNow(f"{label} is Trio's own task: without it nothing would go on")


def _names(run: ScheduledRun, chosen: Sequence[Task]) -> str:
    return ", ".join(str(run.registry.label_of(task)) for task in chosen)


def _are(chosen: Sequence[Task]) -> str:
    return "is" if len(chosen) == 1 else "are"


def _of_step(run: ScheduledRun, chosen: Sequence[Task]) -> str:
    current = runs.current_task()
    if current not in chosen or current is None or is_about_to_step(run, current):
        return ""
    return "; the step that is under way comes to its end"


class HeldHook(trio.abc.Instrument):
    """Carried only while tasks are held.

    Args:
        run: the run.
        halt: stops it, with a note.
    """

    def __init__(self, run: HoldingRun, halt: Callable[[str], object]) -> None:
        self._run = run
        self._halt = halt

    def before_io_wait(self, timeout: float) -> None:
        """If the run is about to be idle, say so if the held tasks are the reason."""
        try:
            if timeout > 0:
                self._idle()
        except BaseException as error:
            self._run.fail(error)

    def _idle(self) -> None:
        run = self._run
        held = frozenset(run.steered.withheld)
        if not held or run.quitting or run.state is not RunState.RUNNING:
            return
        if held == run.steered.reported_held and anybody_waits_outside(run.runner):
            return  # the user knows, and waits for something from outside
        clock = run.runner.clock
        moves = not isinstance(clock, runs.MockClock) or clock.rate > 0
        if moves and self._goes_on_by_itself():
            return
        run.steered.reported_held = held
        note = f"everything runnable is held: {_names(run, run.steered.withheld)}"
        self._halt(note)
        runs.wake_loop(run.runner)  # so that it looks once more, and does not sleep for ever

    def _goes_on_by_itself(self) -> bool:
        """Whether a pending deadline will wake a task that is not held."""
        is_held = self._run.steered.is_held
        return any(
            not is_held(task)
            for _, scope in runs.live_deadlines(self._run.runner)
            for task in scopes.tasks_under(scope)
        )
