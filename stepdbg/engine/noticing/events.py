"""What Trio reports about a run, and what follows from it.

Owns: whether a spawn, step, wake, exit, slow step or idle moment stops the run.
Does not own: the run's state (running.run), the hooks that call this (hooks, watches), lines
(stopping.program_lines), or the stop (stopping).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.cancelling import expiring
from stepdbg.engine.ending import quitting
from stepdbg.engine.linting.steps import StepTimer
from stepdbg.engine.scheduling.run_queue import runnable_tasks
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.engine.stacks import frames
from stepdbg.engine.stopping.stepping import Arrival, StepAny
from stepdbg.engine.stopping.still import Still
from stepdbg.model.breakpoints import BreakpointHit, TaskEvent
from stepdbg.model.records import replace
from stepdbg.model.standard import sys
from stepdbg.model.stops import StopKind
from stepdbg.model.task import RunState

from . import failing

if TYPE_CHECKING:
    from .noticed import NoticedRun


class RunEvents:
    """The events of one run, each called on the run's thread.

    Attributes:
        slow: times the step under way, while slow steps are of interest.
    """

    def __init__(self, run: NoticedRun) -> None:
        self.slow = StepTimer()
        self._run = run

    def on_spawn(self, task: Task) -> None:
        """Handle a spawn; called while there are breakpoints on tasks."""
        run = self._run
        if not run.session.breakpoints.about_task(task.name):
            return
        run.carried.consider(task)
        here = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
        self._on_event(task, TaskEvent.SPAWN, frames.first_own_caller(here))

    def forget_ended(self) -> None:
        """Drop the notes about tasks that ended long ago: there are many."""
        run = self._run
        run.registry.forget_ended(runs.living_tasks(run.runner))

    def on_step(self, task: Task) -> None:
        """Handle a task that is about to step; called while something waits for a step."""
        run = self._run
        if run.quitting or runs.is_system(run.runner, task):
            return
        run.steered.before_step(task)
        arrival = run.plan.at_step(task)
        hits = () if task not in run.carried.watched else self._step_hits(task)
        if arrival is not None or hits:
            kind = StopKind.BREAKPOINT if arrival is None else arrival.kind
            run.stop(StopReason(kind, task, hits=hits))
            if self.slow.begun is None:  # a timer put on since then has not been called
                self.slow.begin()

    def _step_hits(self, task: Task) -> tuple[BreakpointHit, ...]:
        events = {TaskEvent.STEP}
        if not tasks.is_started(task):
            events.add(TaskEvent.START)
        if tasks.is_being_cancelled(task) and not expiring.is_end_of_wait(task):
            events.add(TaskEvent.CANCEL)
        return self._run.session.hits.at_events(self._run.registry, task, events)

    def _on_event(self, task: Task, event: TaskEvent, frame: FrameType | None = None) -> None:
        """Handle something that has happened to a task, perhaps during another task's step."""
        run = self._run
        if run.quitting or runs.is_system(run.runner, task) or run.held is not None:
            return
        hits = run.session.hits.at_events(run.registry, task, (event,))
        if hits:
            run.stop(StopReason(StopKind.BREAKPOINT, task, frame, hits, note=f"on {event}"))

    def on_step_done(self, task: Task) -> None:
        """Handle the end of a step; called while something waits for tasks to block."""
        if not tasks.is_runnable(task) and task.coro.cr_frame is not None:
            self._on_event(task, TaskEvent.BLOCK)

    def on_wake(self, task: Task) -> None:
        """Handle a task that has become runnable; called while something waits for that."""
        if tasks.is_started(task):
            here = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
            self._on_event(task, TaskEvent.WAKE, frames.first_own_caller(here))

    def on_exit(self, task: Task, result: outcome.Outcome[object]) -> None:
        """Handle a task's last step; called while something waits for that."""
        run = self._run
        run.carried.forget(task)
        run.steered.forget(task)
        if run.held is not None:
            return  # code that is awaited at the prompt has ended it
        arrival, failed = run.plan.at_exit(task, result), False
        if isinstance(result, outcome.Error):
            with Still(run):
                failed = failing.is_new_failure(run, task, task.parent_nursery, result.error)
        if run.quitting or (runs.is_system(run.runner, task) and not failed):
            return
        hits = run.session.hits.at_exit(run.registry, task, result)
        if arrival is not None or hits or failed:
            plain = StopKind.BREAKPOINT if hits else StopKind.FAILURE
            kind = plain if arrival is None else arrival.kind
            failing.stop_or_remember(
                run, StopReason(kind, task, hits=hits, result=result, first=failed)
            )

    def on_slow(self, task: Task, seconds: float) -> None:
        """Handle a step that took this long; called while slow steps are of interest."""
        run = self._run
        if not run.quitting and not runs.is_system(run.runner, task):
            hits = run.session.hits.when_slow(run.registry, task, seconds)
            if hits:
                seen = self.slow.where(task)
                most = f", most of it at {seen}" if seen else ""
                took = f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
                note = f"the step took {took}{most}"
                run.stop(StopReason(StopKind.BREAKPOINT, task, hits=hits, note=note, over=True))

    def on_values(self, task: Task, *, stepped: bool) -> None:
        """Check watched values at the beginning or (`stepped`) the end of a task's step."""
        run = self._run
        if run.quitting or run.state is not RunState.RUNNING:
            return
        hits = run.session.hits.watched().between_steps(task, stepped=stepped)
        if hits:
            run.stop(StopReason(StopKind.BREAKPOINT, task, hits=hits))

    def on_idle(self) -> None:
        """Handle a run in which nothing is runnable; called while something waits for that."""
        run = self._run
        over = runs.is_over(run.runner)
        if not run.quitting and not over and run.state is RunState.RUNNING:
            hits = run.session.hits.when_idle()
            if hits:
                run.stop(StopReason(StopKind.BREAKPOINT, None, hits=hits))

    def on_halt(self, note: str = "") -> None:
        """Stop because of a halt; called on the run's thread, in one of Trio's own tasks.

        Args:
            note: what the user has to know about the halt.
        """
        run = self._run
        if not run.carried.attached or run.quitting or run.state is not RunState.RUNNING:
            return
        this_pass, next_pass = runnable_tasks(run.runner, run.loop_frame(), run.steered.ordered)
        if any(not runs.is_system(run.runner, task) for task in [*this_pass, *next_pass]):
            run.follow(StepAny(kind=StopKind.HALT, note=note))
        else:
            run.stop(StopReason(StopKind.HALT, None, note=note))

    def arrive(self, arrival: Arrival, hits: tuple[BreakpointHit, ...]) -> BaseException | None:
        """Stop at a line of the program that ends the resume or hits breakpoints.

        Returns: as `hold_in_step`.
        """
        subject, kind = runs.current_task(), arrival.kind
        stop_reason = StopReason(
            kind, subject, arrival.frame, hits, arrival.result, arrival.note, chosen=arrival.chosen
        )
        if arrival.commands:
            stop_reason = replace(stop_reason, commands=arrival.commands)
        return self.hold_in_step(stop_reason)

    def hold_in_step(self, stop_reason: StopReason) -> BaseException | None:
        """Hold the run inside a step; the caller is code of the program.

        Returns:
            The exception to raise there: the one that the user has thrown, or Cancelled if the user
            has quit; None for nothing.
        """
        held = self._run.stop(replace(stop_reason, at_line=True))
        if self._run.quitting:
            return quitting.what_unwinds_from_here()
        return held.thrown()
