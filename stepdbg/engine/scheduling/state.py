"""What the user has ordered for the next steps of one run.

Owns: `Steered`: which tasks are held, which come first, what is done before a step.
Does not own: the commands for that (the other modules here), or the run queue (run_queue).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import postponing, runs, tasks

from .run_queue import Ordered, put_back

if TYPE_CHECKING:
    from .outside_input import OutsideInput
    from .replaying import Replay
    from .steerable import SteeredRun


class Steered:
    """The user's orders for one run; empty unless the user steers.

    Attributes:
        later: what to do before the next step of a task.
        held: tasks that must not step.
        only: the tasks that may step; None: all.
        withheld: the held tasks that would be runnable, in the order in which they became so.
        ordered: the tasks that step next, one in each pass.
        reported_held: the held tasks for which the user has read that no other task is left.
        pumped: the task in which the prompt awaits something.
        replay: follows a schedule; mostly None.
        tape: what the run gets from outside; mostly None.
    """

    def __init__(self, run: SteeredRun) -> None:
        self.later: dict[Task, list[Callable[[], None]]] = {}
        self.held: set[Task] = set()
        self.only: set[Task] | None = None
        self.withheld: list[Task] = []
        self.ordered = Ordered(())
        self._postponed: Task | None = None
        self.pumped: Task | None = None
        self.replay: Replay | None = None
        self.tape: OutsideInput | None = None
        self.reported_held: frozenset[Task] = frozenset()
        self._empty: postponing.EmptyStep | None = None
        self._run = run

    # -- before a step ----------------------------------------------------------------

    def do_later(self, task: Task, work: Callable[[], None]) -> None:
        """Do something before the next step of a task, on the run's thread."""
        self.later.setdefault(task, []).append(work)
        self._run.carried.consider(task)

    def before_step(self, task: Task) -> None:
        """Do what was left for the moment before a task's step."""
        waiting = self.later.pop(task, None)
        if waiting is not None:
            self._run.carried.look_again()
            for work in waiting:
                work()

    def mark(self, task: Task, what: str) -> None:
        """Note the user's command as the cause of a task's next step.

        what: the command, as `Recorder.note_steered` takes it.
        """
        recorder = self._run.recorder
        if recorder is not None:
            recorder.note_debugger(task)
        self.note((task,), what)

    def note(self, chosen: Iterable[Task], what: str) -> None:
        """Only note that the user has done something to tasks that does not wake them."""
        recorder = self._run.recorder
        if recorder is None:
            return
        for task in chosen:
            recorder.note_steered(task, what)

    def forget(self, task: Task) -> None:
        """Forget a task that has exited."""
        self.later.pop(task, None)
        self.held.discard(task)

    # -- which tasks may step ---------------------------------------------------------

    @property
    def in_force(self) -> bool:
        """Whether there are orders, so the run queue has to ask."""
        return bool(self.held or self.only is not None or self.ordered.plan or self._empty)

    def is_held(self, task: Task) -> bool:
        """Whether a task must not step."""
        if task in self.held:
            return True
        only = self.only
        return only is not None and task not in only and not runs.is_system(self._run.runner, task)

    def withholds(self, task: Task) -> bool:
        """Whether a task that has become runnable stays off the run queue."""
        empty = self._empty
        if empty is not None and empty.taken and empty.task is task:
            self._empty = None
            empty.undo()
            if self._run.recorder is not None:
                self._run.recorder.hook.overlooked = task
        if self.only is None and task not in self.held:  # as a rule
            return False
        if task is self.pumped or not self.is_held(task):
            return False
        self.withheld.append(task)
        self._settle()
        return True

    def withdraw(self) -> None:
        """Take held tasks off the run queue and out of this pass."""
        batch, queue = runs.batch(self._run.loop_frame()), self._run.runner.runq
        held = [task for task in runs.queued(self._run.runner) if self.is_held(task)]
        self.withheld += [*filter(self.is_held, reversed(batch)), *held]
        batch[:] = [task for task in batch if not self.is_held(task)]
        for task in held:
            queue.remove(task)
        self._settle()

    def give_back(self) -> None:
        """Put tasks that are no longer held on the run queue."""
        free = [task for task in self.withheld if not self.is_held(task)]
        self.withheld = [task for task in self.withheld if self.is_held(task)]
        deque.extend(self._run.runner.runq, free)
        self._settle()
        if free:
            runs.wake_loop(self._run.runner)

    def release_everybody(self) -> None:
        """Release all tasks, and drop every order."""
        self.held.clear()
        self.only = None
        self.ordered.plan.clear()
        self._postponed = None
        if self._empty is not None and self._empty.is_pending():
            self._empty.undo()
        self._empty = None
        if self.withheld:
            self.give_back()

    def order(self, first: Sequence[Task], *, postponed: Task | None) -> None:
        """Let tasks step next, and then the rest of this pass.

        Args:
            first: these tasks, in this order.
            postponed: a task that Trio has already taken for its step, and that must wait.
        """
        run = self._run
        rest = put_back(run.runner, runs.batch(run.loop_frame()))
        rest += self.ordered.plan
        self.ordered = Ordered([*first, *(task for task in rest if task not in first)])
        self._postponed = postponed

    def before_resume(self) -> None:
        """Before the run goes on: make the task about to step wait, if the orders say so."""
        postponed, self._postponed = self._postponed, None
        if postponed is None and self.only is None and not self.held:  # as a rule
            return
        task = runs.current_task()
        waits = task is not None and (self.is_held(task) or task is postponed)
        if task is not None and waits and is_about_to_step(self._run, task):
            self._empty = postponing.EmptyStep(task)

    def _settle(self) -> None:
        if self.withheld:
            postponing.keep_awake(self._run.runner)
        else:
            postponing.let_idle(self._run.runner)


def detach(steered: Steered, *, runs_on: bool) -> None:
    """Drop schedule and tape of a run that goes on without stepdbg, or is over.

    runs_on: whether Trio still runs it.
    """
    replay, steered.replay = steered.replay, None
    if replay is not None and runs_on:
        replay.detach()
    if steered.tape is not None:
        steered.tape.end()


def overrule(steered: Steered, by: str) -> None:
    """Let the user choose which task steps, in place of a schedule.  by: the command."""
    if steered.replay is not None:
        steered.replay.overruled(by)


def is_about_to_step(run: SteeredRun, task: Task) -> bool:
    """Whether Trio has chosen this task, and its step has not begun."""
    if task.coro.cr_running or not tasks.is_runnable(task):
        return False
    waiting = [*runs.batch(run.loop_frame()), *runs.queued(run.runner)]
    return task is runs.current_task() and task not in waiting
