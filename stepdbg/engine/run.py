"""One debugged ``trio.run``.

Owns: the state of a run (plan, watched tasks, recorder, registry) and which hooks it carries.
Does not own: the stop itself (stopping), pictures (capture), quitting (quitting), or what is
common to all runs (session).

A run that nothing waits for carries `RunHooks` alone: no hook that Trio calls at a step.
"""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.facts import RunId
from stepdbg.model.stops import StopKind
from stepdbg.model.task import TaskLabel

from . import clock, frames, quitting, stopping
from .guard import report_bug
from .hooks import ExitHook, RunHooks, StepHook
from .recorder import WakeRecorder
from .registry import Registry
from .stepping import Plan, RunOn, StepAny
from .watch import WatchedQueue

if TYPE_CHECKING:
    from .session import Session


class DebuggedRun:
    """A run from its first moment to its end.

    Args:
        session: what all runs share.
        number: the run's number.

    Attributes:
        state: ``running``, ``stopped`` or ``ended``.
        held_task: at a stop, the task whose step is about to begin or under way.
        held_frame: at a stop inside a step, the innermost frame of the program.
    """

    def __init__(self, session: Session, number: RunId) -> None:
        self.session = session
        self.id = number
        self.registry = Registry(number)
        self.recorder: WakeRecorder | None = None
        self.plan: Plan = RunOn()
        self.state = "running"
        self.thread = threading.current_thread().name
        self.ident = threading.get_ident()
        self.guest = False
        self.held_task: Task | None = None
        self.held_frame: FrameType | None = None
        self.main_label: TaskLabel | None = None
        self.notes: tuple[str, ...] = ()
        self.end_time = 0.0
        self.quitting = False
        self.hooks = RunHooks(self)
        self.runner: runs.Runner
        self._begun_at = 0.0
        self._watched: set[Task] = set()
        self._step_hook = StepHook(self)
        self._exit_hook = ExitHook(self)
        self._attached = False

    # -- its life ---------------------------------------------------------------------

    def begin(self) -> None:
        """The run begins; called on its thread before its first task exists."""
        runner = runs.current_runner()
        assert runner is not None, "before_run is called inside the run"
        self.runner = runner
        self._attached = True
        self.guest = runner.is_guest
        stand_in = clock.stand_in_for(runner.clock)
        if stand_in is not None:
            runner.clock = stand_in
        elif not clock.can_be_held(runner.clock):
            self.notes = ("the program's own clock cannot be held: time goes on at a stop",)
        self._begun_at = runner.clock.current_time()
        self.session.run_started(self)
        self.follow(StepAny(kind=StopKind.START) if self.session.stops_at_start() else RunOn())

    def finish(self) -> None:
        """The run has ended; what it returns can still be changed."""
        self.end_time = self.time()
        self.state = "ended"
        if self.quitting:
            quitting.end_of_run(self)
        self.session.run_ended(self)

    def release(self) -> None:
        """Let go of Trio's objects, once the end has been told."""
        self.detach()
        del self.runner

    def detach(self) -> None:
        """Carry no hook any more; the clock stays, it keeps time like Trio's own."""
        self._attached = False
        self.plan = RunOn()
        self._watched.clear()
        self._arrange_queue()
        for hook in (self._step_hook, self._exit_hook, self.recorder):
            self._carry(hook, False)

    def fail(self, error: BaseException) -> None:
        """Something of ours went wrong: say so and let the program run on without us."""
        report_bug(error, f"watching run {self.id}")
        try:
            self.detach()
        except BaseException as again:  # nothing may escape from a hook
            report_bug(again, "detaching")

    # -- what Trio tells --------------------------------------------------------------

    def on_spawn(self, task: Task, frame: FrameType | None, parent: Task | None) -> None:
        """A task was spawned."""
        self.registry.note(task, frame, parent)
        if self.main_label is None and parent is self.runner.init_task and parent is not None:
            self.main_label = self.registry.label_of(task)
        if self.registry.is_full():
            alive = runs.living_tasks(self.runner)
            self.registry.forget_ended(alive)
            if self.recorder is not None:
                self.recorder.forget_all_but({tasks.number(each) for each in alive})
        if self.session.matches_task(task, self.registry):
            self._watched.add(task)
            self._arrange_queue()

    def on_exit(self, task: Task) -> None:
        """A task has exited, while somebody waits for one."""
        self.plan.at_exit(task)
        if task in self._watched:
            self._watched.discard(task)
            self._arrange_queue()

    def on_step(self, task: Task) -> None:
        """A task is about to step, while somebody waits for a step."""
        if self.quitting or runs.is_system(self.runner, task):
            return
        arrived = self.plan.at_step(task)
        hits = self.session.hits_at_step(self, task) if task in self._watched else ()
        if arrived is not None or hits:
            kind = StopKind.BREAKPOINT if arrived is None else arrived
            stopping.stop(self, kind, task, hits)

    def on_halt(self) -> None:
        """Somebody asked to stop; called on the run's thread, in a task of Trio's own."""
        if not self._attached or self.quitting or self.state != "running":
            return
        if any(not runs.is_system(self.runner, task) for task in self._runnable()):
            self.follow(StepAny(kind=StopKind.HALT))
        else:
            stopping.stop(self, StopKind.HALT, None, ())

    # -- which hooks it carries -------------------------------------------------------

    def follow(self, plan: Plan) -> None:
        """Go on by this plan."""
        self.plan = plan
        self._record(self.session.record_wakes(plan.every_step))
        self._carry(self._step_hook, plan.every_step)
        self._arrange_queue()

    def watch_again(self) -> None:
        """The breakpoints have changed: find out whom they are about."""
        if not self._attached or self.state == "ended":
            return
        living = runs.living_tasks(self.runner)
        self._watched.clear()
        self._watched.update(t for t in living if self.session.matches_task(t, self.registry))
        self._arrange_queue()

    def _arrange_queue(self) -> None:
        queue = self.runner.runq
        self._carry(self._exit_hook, bool(self._watched) or self.plan.every_step)
        if self._watched and not isinstance(queue, WatchedQueue):
            queued = runs.queued(self.runner)
            runs.replace_queue(
                self.runner, WatchedQueue(queued, self._watched, self._on_watched_pass)
            )
            # Who is in this pass already has left the queue: watch the rest of the pass.
            rest = runs.batch(self.loop_frame())
            if not self._watched.isdisjoint(rest):
                self._carry(self._step_hook, True)
        elif not self._watched and isinstance(queue, WatchedQueue):
            runs.replace_queue(self.runner, runs.plain_queue(self.runner))
            self._carry(self._step_hook, self.plan.every_step)

    def _on_watched_pass(self, watched: bool) -> None:
        try:
            self._carry(self._step_hook, watched or self.plan.every_step)
        except BaseException as error:  # Trio's loop is the caller
            self.fail(error)

    def _record(self, wanted: bool) -> None:
        if wanted and self.recorder is None:
            self.recorder = WakeRecorder()
            self._carry(self.recorder, True)
        elif not wanted and self.recorder is not None:
            self._carry(self.recorder, False)
            self.recorder = None

    def _carry(self, hook: StepHook | ExitHook | WakeRecorder | None, wanted: bool) -> None:
        if hook is None:
            return
        carried = runs.carries(self.runner, hook)
        if wanted and not carried:
            self.runner.instruments.add_instrument(hook)
        elif carried and not wanted:
            self.runner.instruments.remove_instrument(hook)

    # -- looking ----------------------------------------------------------------------

    def time(self) -> float:
        """Program seconds since the beginning of the run."""
        return self.runner.clock.current_time() - self._begun_at

    def loop_frame(self) -> FrameType | None:
        """The frame of Trio's loop, from whichever thread this is asked."""
        if threading.get_ident() == self.ident:
            return runs.loop_frame(sys._getframe())  # noqa: SLF001 - documented, CPython only
        return runs.loop_frame_of_thread(self.ident)

    def _runnable(self) -> list[Task]:
        return [*runs.batch(self.loop_frame()), *runs.queued(self.runner)]

    def live_frames(self, task: Task) -> list[FrameType]:
        """The live frames of a task, innermost first."""
        return frames.task_frames(task, self.held_frame if task is self.held_task else None)
