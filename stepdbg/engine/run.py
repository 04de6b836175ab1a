"""One debugged ``trio.run``.

Owns: the state of a run (plan, watched tasks, recorder, registry) and what Trio tells of it.
Does not own: which hooks it carries (carrying), the stop itself (stopping), pictures
(capture), quitting (quitting), or what is common to all runs (session).
"""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.breakpoints import BreakpointHit, TaskEvent
from stepdbg.model.facts import RunId
from stepdbg.model.stops import StopKind
from stepdbg.model.task import TaskLabel

from . import capture, clock, frames, quitting
from .carrying import Carried
from .guard import report_bug
from .hits import hits_of_task
from .hooks import RunHooks
from .recorder import WakeRecorder
from .registry import Registry
from .slow import StepTimer
from .stepping import Arrival, LinePlan, Plan, StepAny
from .stopping import Occasion, stop

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
        unfinished: the plan that a breakpoint interrupted, for `resume`.
    """

    def __init__(self, session: Session, number: RunId) -> None:
        self.session = session
        self.id = number
        self.registry = Registry(number)
        self.plan = Plan()
        self.unfinished: Plan | None = None
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
        self.slow = StepTimer()
        self.hooks = RunHooks(self)
        self.carried = Carried(self)
        self.runner: runs.Runner
        self._begun_at = 0.0

    # -- its life ---------------------------------------------------------------------

    def begin(self) -> None:
        """The run begins; called on its thread before its first task exists."""
        self.attach()
        self.session.run_started(self)
        self.follow(StepAny(kind=StopKind.START) if self.session.stops_at_start() else Plan())

    def attach(self) -> None:
        """Take hold of the run of this thread."""
        runner = runs.current_runner()
        assert runner is not None, "a run is attached on its own thread"
        self.runner = runner
        self.carried.attached = True
        self.guest = runner.is_guest
        stand_in = clock.stand_in_for(runner.clock)
        if stand_in is not None:
            runner.clock = stand_in
        elif not clock.can_be_held(runner.clock):
            self.notes = ("the program's own clock cannot be held: time goes on at a stop",)
        self._begun_at = runner.clock.current_time()

    def join(self) -> None:
        """Attach to a run that is under way, from inside of it."""
        self.attach()
        self.runner.instruments.add_instrument(self.hooks)
        self.registry.adopt(runs.living_tasks(self.runner))
        if self.runner.main_task is not None:
            self.main_label = self.registry.label_of(self.runner.main_task)
        self.session.run_started(self)
        self.follow(Plan())

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
        self.plan = Plan()
        self.unfinished = None
        self.carried.drop()

    def fail(self, error: BaseException) -> None:
        """Something of ours went wrong: say so and let the program run on without us."""
        report_bug(error, f"watching run {self.id}")
        try:
            self.detach()
        except BaseException as again:  # nothing may escape from a hook
            report_bug(again, "detaching")

    def follow(self, plan: Plan) -> None:
        """Go on by this plan."""
        self.plan = plan
        self.session.lines.follow(plan if isinstance(plan, LinePlan) else None)
        self.carried.arrange()

    # -- what Trio tells --------------------------------------------------------------

    def on_spawn(self, task: Task, frame: FrameType | None, parent: Task | None) -> None:
        """A task was spawned."""
        self.registry.note(task, frame, parent)
        if self.main_label is None and parent is self.runner.init_task and parent is not None:
            self.main_label = self.registry.label_of(task)
        if self.registry.is_full():
            self._forget_ended()
        interested = self.session.about_task(task.name)
        if interested:
            self.carried.consider(task)
            if not runs.is_system(self.runner, task):
                self._on_event(task, TaskEvent.SPAWN, frames.first_own_caller(frame))

    def _forget_ended(self) -> None:
        alive = runs.living_tasks(self.runner)
        self.registry.forget_ended(alive)
        if self.recorder is not None:
            self.recorder.forget_all_but({tasks.number(each) for each in alive})

    def on_step(self, task: Task) -> None:
        """A task is about to step, while somebody waits for a step."""
        if self.quitting or runs.is_system(self.runner, task):
            return
        arrival = self.plan.at_step(task)
        hits = () if task not in self.carried.watched else self._step_hits(task)
        if arrival is not None or hits:
            kind = StopKind.BREAKPOINT if arrival is None else arrival.kind
            stop(self, Occasion(kind, task, hits=hits))

    def _step_hits(self, task: Task) -> tuple[BreakpointHit, ...]:
        events = {TaskEvent.STEP}
        if not tasks.is_started(task):
            events.add(TaskEvent.START)
        if tasks.is_being_cancelled(task):
            events.add(TaskEvent.CANCEL)
        candidates = [each for each in self.session.about_task(task.name) if each.event in events]
        return hits_of_task(self, candidates, task)

    def _on_event(self, task: Task, event: TaskEvent, frame: FrameType | None = None) -> None:
        """Something has happened to a task, perhaps in the midst of another one's step."""
        if self.quitting or runs.is_system(self.runner, task) or self.state == "stopped":
            return
        candidates = [each for each in self.session.about_task(task.name) if each.event is event]
        hits = hits_of_task(self, candidates, task) if candidates else ()
        if hits:
            stop(self, Occasion(StopKind.BREAKPOINT, task, frame, hits, note=f"on {event}"))

    def on_step_done(self, task: Task) -> None:
        """A step is over, while somebody waits for tasks to block."""
        if not tasks.is_runnable(task) and task.coro.cr_frame is not None:
            self._on_event(task, TaskEvent.BLOCK)

    def on_wake(self, task: Task) -> None:
        """A task has become runnable, while somebody waits for that."""
        if tasks.is_started(task):
            here = sys._getframe()  # noqa: SLF001 - documented, CPython only
            self._on_event(task, TaskEvent.WAKE, frames.first_own_caller(here))

    def on_exit(self, task: Task, result: outcome.Outcome[object]) -> None:
        """A task has run its last step, while somebody waits for that."""
        arrival = self.plan.at_exit(task, result)
        self.carried.forget(task)
        if self.quitting or runs.is_system(self.runner, task):
            return
        hits = self.session.hits_at_exit(self, task, result)
        if arrival is not None or hits:
            kind = StopKind.BREAKPOINT if arrival is None else arrival.kind
            stop(self, Occasion(kind, task, hits=hits, result=result))

    def on_slow(self, task: Task, seconds: float) -> None:
        """A step took this long, while somebody waits for slow ones."""
        if not self.quitting and not runs.is_system(self.runner, task):
            hits = self.session.hits_when_slow(self, task, seconds)
            if hits:
                note = f"the step took {seconds * 1000:.0f} ms"
                stop(self, Occasion(StopKind.BREAKPOINT, task, hits=hits, note=note))

    def on_idle(self) -> None:
        """Nothing is runnable, while somebody waits for that."""
        if not self.quitting and self.state == "running":
            hits = self.session.hits_when_idle()
            if hits:
                stop(
                    self, Occasion(StopKind.BREAKPOINT, None, hits=hits, note="nothing is runnable")
                )

    def on_halt(self) -> None:
        """Somebody asked to stop; called on the run's thread, in a task of Trio's own."""
        if not self.carried.attached or self.quitting or self.state != "running":
            return
        this_pass, next_pass = capture.runnable_tasks(self)
        if any(not runs.is_system(self.runner, task) for task in [*this_pass, *next_pass]):
            self.follow(StepAny(kind=StopKind.HALT))
        else:
            stop(self, Occasion(StopKind.HALT, None))

    def arrive(self, arrival: Arrival, hits: tuple[BreakpointHit, ...]) -> None:
        """A line of the program ends the resume or hits breakpoints."""
        stop(self, Occasion(arrival.kind, runs.current_task(), arrival.frame, hits, arrival.result))

    # -- looking ----------------------------------------------------------------------

    @property
    def recorder(self) -> WakeRecorder | None:
        """What notes wakes, None while nothing does."""
        return self.carried.recorder

    def time(self) -> float:
        """Program seconds since the beginning of the run."""
        return self.runner.clock.current_time() - self._begun_at

    def loop_frame(self) -> FrameType | None:
        """The frame of Trio's loop, from whichever thread this is asked."""
        if threading.get_ident() == self.ident:
            return runs.loop_frame(sys._getframe())  # noqa: SLF001 - documented, CPython only
        return runs.loop_frame_of_thread(self.ident)

    def live_frames(self, task: Task) -> list[FrameType]:
        """The live frames of a task, innermost first."""
        return frames.task_frames(task, self.held_frame if task is self.held_task else None)
