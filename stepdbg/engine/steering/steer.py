"""Steering on behalf of a front end.

Owns: `LiveSteering`, which finds the run and the task that a request is about.
Does not own: what is done to them (the other modules here).
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from stepdbg.engine.scheduling import holding, ordering
from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, ScopeNumber, TaskNumber
from stepdbg.model.task import FrameRef, TaskLabel
from stepdbg.model.values import Budget, Value

from . import acting, awaiting, cancelling, throwing, timing

if TYPE_CHECKING:
    from collections.abc import Callable

    from trio.lowlevel import Task

    from stepdbg.model.steering import Progress

    from .awaiting import Ask, Drive
    from .steerable import SteerableRun, SteeringHouse


class LiveSteering:
    """A `Steering` over all runs of a session."""

    def __init__(self, house: SteeringHouse) -> None:
        self._house = house
        self._ask: Ask | None = None

    def _find(self, number: TaskNumber) -> tuple[SteerableRun, Task]:
        """A living task of the held run, and the run.  Raises `NoSuchTask`, `NotNow`."""
        run = acting.run_of_task(self._house, number)
        held = self._held()
        if run is not held:
            raise NotNow(f"a stop holds only its own run, which is run {held.life.id}")
        return run, LiveInspector(self._house, run).find_task(number)

    # -- await ------------------------------------------------------------------------

    def driver(self, frame: FrameRef, *, free: bool = False) -> Drive:
        """A function that drives a coroutine in a frame; see `awaiting.drive_in`."""

        def drive(coroutine: Coroutine[Any, Any, object]) -> object:
            try:
                if frame.task == NO_TASK:
                    raise NotNow("nothing can be awaited outside of a run")
                run, task = self._find(frame.task)
            except StepdbgError:
                coroutine.close()  # else Python would warn that nobody has awaited it
                raise
            return awaiting.drive_in(run, task, free=free, ask=self._ask)(coroutine)

        return drive

    def ask_with(self, ask: Ask) -> None:
        """Ask whether the other tasks may run before giving up an `await` that depends on them."""
        self._ask = ask

    def report_to(self, report: Callable[[Progress | None], None]) -> None:
        """Report how a run gets on, from now on."""
        self._house.desk.report = report

    def await_free(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """Run a statement that awaits, while all other tasks run as well."""
        drive = self.driver(frame, free=True)
        with acting.acting_for(self._house, frame) as (live, context):
            return self._house.evaluator.execute(live, source, budget, context=context, drive=drive)

    def _held(self) -> SteerableRun:
        desk, all_runs = self._house.desk, self._house.runs
        run = all_runs.asked(desk.asked)
        if run is not None:
            return run
        # The loop may be in a step, or wait in the kernel, where nothing done here would wake it.
        if desk.outside is not None and all_runs.active():
            raise NotNow(
                f"this stop is in thread {desk.outside.thread}, and only a stop in a task can "
                "steer its run; a breakpoint in a task or Ctrl-C gets there"
            )
        raise NotNow("this stop is outside of any run")

    def await_later(self, frame: FrameRef, source: str) -> str:
        """Run a statement that awaits before the next step of its task."""
        from .later import await_before_step

        run, task = self._find(frame.task)
        live = LiveInspector(self._house, run).live_frame(frame)
        return await_before_step(self._house, run, task, live, source)

    # -- who steps ----------------------------------------------------------------------

    def _tasks(self, numbers: tuple[TaskNumber, ...]) -> tuple[SteerableRun, list[Task]]:
        """Living tasks of the held run."""
        return self._held(), [self._find(number)[1] for number in numbers]

    def hold(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Keep tasks from stepping."""
        return holding.hold(*self._tasks(tasks))

    def release(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let held tasks step again; without numbers, all of them."""
        return holding.release(*self._tasks(tasks))

    def only(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let only these tasks step."""
        return holding.only(*self._tasks(tasks))

    def pick(self, task: TaskNumber) -> str:
        """Let a runnable task step next."""
        run, (found,) = self._tasks((task,))
        return ordering.pick(run, found)

    def order(self, tasks: tuple[TaskNumber, ...]) -> str:
        """Let runnable tasks step next, in this order."""
        return ordering.order(*self._tasks(tasks))

    # -- time -----------------------------------------------------------------------------

    def time(self) -> str:
        """The program's time."""
        return timing.tell(self._held())

    def move_time(self, seconds: float | None) -> str:
        """Move time forward; None: to the next deadline."""
        run = self._held()
        return timing.move_to_deadline(run) if seconds is None else timing.move(run, seconds)

    def set_speed(self, speed: float) -> str:
        """Let program time run slower or faster than real time."""
        return timing.set_speed(self._held(), speed)

    # -- exceptions and cancellations ----------------------------------------------------

    def throw(self, task: TaskNumber, frame: FrameRef, source: str, *, later: bool) -> str:
        """Raise the value of an expression in a task; returns a sentence that says where."""
        run, found = self._find(task)
        with acting.acting_for(self._house, frame) as (live, context):
            value = self._house.evaluator.object_of(live, source, context=context)
        return throwing.throw(run, found, throwing.exception_from(value), later=later)

    def interrupt(self) -> str:
        """Deliver the KeyboardInterrupt of Ctrl-C; returns a sentence that says where."""
        return throwing.interrupt(self._held())

    def reach_of_scope(self, scope: ScopeNumber) -> tuple[TaskLabel, ...]:
        """The tasks that cancelling a scope would reach."""
        run = self._held()
        return cancelling.reach_of_scope(run, cancelling.find_scope(run, scope))

    def cancel_scope(self, scope: ScopeNumber) -> None:
        """Cancel a scope."""
        run = self._held()
        cancelling.cancel_scope(run, cancelling.find_scope(run, scope))

    def move_deadline(self, scope: ScopeNumber, seconds: float) -> None:
        """Set a scope's deadline to this many program seconds from now; inf removes it."""
        run = self._held()
        cancelling.move_deadline(run, cancelling.find_scope(run, scope), seconds)

    def reach_of_task(self, task: TaskNumber) -> tuple[TaskLabel, ...]:
        """The tasks that end if a task is cancelled: itself, and all that it has spawned."""
        return cancelling.reach_of_task(*self._find(task))

    def cancel_task(self, task: TaskNumber) -> None:
        """Cancel a task and all that it has spawned; its siblings go on."""
        cancelling.cancel_task(*self._find(task))
