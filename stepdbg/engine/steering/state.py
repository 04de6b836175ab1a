"""What the user has laid down for the steps to come of one run.

Owns: `Steered`: who is held, who comes first, what is done before a step.
Does not own: the requests behind it (the other modules here), or the run queue (queue).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import postponing, runs, tasks

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun


class Steered:
    """What is laid down for one run; empty unless the user steers.

    Attributes:
        later: what to do before the next step of a task.
        at_line: held at a line, where an exception can be raised.
        throw_here: the exception to raise there when the run goes on.
        held: tasks that must not step.  only: the sole ones that may; None: all.
        withheld: the held ones that would be runnable, in the order in which they became so.
        firsts: who comes next, pass by pass.
        places: after how many others of this pass the task about to step is to come.
        told: the held ones of which the user knows that nobody else is left.
        pumped: the task inside of which something is awaited at the prompt.
    """

    def __init__(self, run: DebuggedRun) -> None:
        self.later: dict[Task, list[Callable[[], None]]] = {}
        self.at_line = False
        self.throw_here: BaseException | None = None
        self.held: set[Task] = set()
        self.only: set[Task] | None = None
        self.withheld: list[Task] = []
        self.firsts: deque[Task] = deque()
        self.places = 0
        self.pumped: Task | None = None
        self.told: frozenset[Task] = frozenset()
        self._empty: postponing.EmptyStep | None = None
        self._run = run

    # -- before a step ----------------------------------------------------------------

    def do_later(self, task: Task, work: Callable[[], None]) -> None:
        """Do something before the next step of a task, on the run's thread."""
        self.later.setdefault(task, []).append(work)
        self._run.carried.consider(task)

    def before_step(self, task: Task) -> None:
        """A task is about to step: do what was left for this moment."""
        waiting = self.later.pop(task, None)
        if waiting is not None:
            self._run.carried.look_again()
            for work in waiting:
                work()

    def mark(self, task: Task, what: str) -> None:
        """The user has a hand in the next step of a task: note it as the cause.

        what: the command, as `Recorder.note_steered` takes it.
        """
        recorder = self._run.recorder
        if recorder is not None:
            recorder.note_debugger(task)
        self.note((task,), what)

    def note(self, chosen: Iterable[Task], what: str) -> None:
        """The user has done something to tasks that does not wake them: note that alone."""
        recorder = self._run.recorder
        if recorder is None:
            return
        for task in chosen:
            recorder.note_steered(task, what)

    def raise_here(self) -> None:
        """Raise what was thrown at the line at which the run was held, if anything was."""
        error, self.throw_here = self.throw_here, None
        if error is not None and not self._run.quitting:
            raise error

    def forget(self, task: Task) -> None:
        """A task has exited."""
        self.later.pop(task, None)
        self.held.discard(task)

    # -- who may step -----------------------------------------------------------------

    @property
    def in_force(self) -> bool:
        """Whether the run queue has to ask."""
        return bool(self.held or self.only is not None or self.firsts or self._empty)

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
            places, self.places = self.places, 0
            if not self.is_held(task):
                batch = runs.batch(self._run.loop_frame())
                batch.insert(max(0, len(batch) - places), task)
                return True
        if task is self.pumped or not self.is_held(task):
            return False
        self.withheld.append(task)
        self._settle()
        return True

    def withdraw(self) -> None:
        """Take whoever is held off the run queue and out of this pass."""
        runner = self._run.runner
        for found in (runs.batch(self._run.loop_frame())[::-1], runs.queued(runner)):
            self.withheld += [task for task in found if self.is_held(task)]
        take_out(self._run, self.withheld)
        self._settle()

    def give_back(self) -> None:
        """Put whoever is no longer held on the run queue."""
        free = [task for task in self.withheld if not self.is_held(task)]
        self.withheld = [task for task in self.withheld if self.is_held(task)]
        deque.extend(self._run.runner.runq, free)
        self._settle()
        if free:
            runs.wake_loop(self._run.runner)

    def release_everybody(self) -> None:
        """Nobody is held any more, and no order is kept."""
        self.held.clear()
        self.only = None
        self.firsts.clear()
        self.places = 0
        if self._empty is not None and self._empty.is_pending():
            self._empty.undo()
        self._empty = None
        if self.withheld:
            self.give_back()

    def before_resume(self) -> None:
        """The run goes on: the task that is about to step may have to wait."""
        task = runs.current_task()
        waits = task is not None and (self.is_held(task) or self.places > 0)
        if task is not None and waits and is_about_to_step(self._run, task):
            self._empty = postponing.EmptyStep(task)
        else:
            self.places = 0

    def _settle(self) -> None:
        if self.withheld:
            postponing.keep_awake(self._run.runner)
        else:
            postponing.let_idle(self._run.runner)


def is_about_to_step(run: DebuggedRun, task: Task) -> bool:
    """Whether Trio has chosen this task, and its step has not begun."""
    if task.coro.cr_running or not tasks.is_runnable(task):
        return False
    waiting = [*runs.batch(run.loop_frame()), *runs.queued(run.runner)]
    return task is runs.current_task() and task not in waiting


def take_out(run: DebuggedRun, gone: Iterable[Task]) -> None:
    """Take tasks off the run queue and out of this pass."""
    batch, queue = runs.batch(run.loop_frame()), run.runner.runq
    for task in gone:
        if task in batch:
            batch.remove(task)
        elif task in runs.queued(run.runner):
            queue.remove(task)
