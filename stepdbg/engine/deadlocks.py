"""A deadlock, noticed at the moment when a run has nothing to do.

Owns: when to look for one, and whether it stops, is reported or ends the program.
Does not own: what a deadlock is (waits.deadlock).

Trio asks its clock how long to sleep only when nothing is runnable, so looking costs nothing
while anything is; and it is looked closely only when no deadline is pending either.
"""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.stops import DeadlockFound, Note, StopKind
from stepdbg.model.waits import Ending

from . import quitting
from .clock import HeldClock
from .guard import report_bug
from .stopping import Occasion, stop
from .waits import chain
from .waits import deadlock as _deadlock

if TYPE_CHECKING:
    from stepdbg.model.task import TaskLabel
    from stepdbg.model.waits import Deadlock

    from .run import DebuggedRun


class DeadlockWatch:
    """Looks for a deadlock whenever its run is idle.

    Args:
        run: the run that is watched.
    """

    def __init__(self, run: DebuggedRun) -> None:
        self._run = run
        self._told: tuple[tuple[int, int], ...] = ()
        self._cycles: set[frozenset[tuple[int, int]]] = set()
        self._witness: weakref.ref[Task] | None = None
        self._witness_steps = 0

    def begin(self) -> None:
        """Watch the run's clock; one of the program's own does not tell, a hook has to."""
        clock = self._run.runner.clock
        if isinstance(clock, HeldClock):
            clock.when_idle = self.on_idle

    def end(self) -> None:
        """Watch no more."""
        clock = self._run.runner.clock
        if isinstance(clock, HeldClock):
            clock.when_idle = None

    def on_hook(self) -> None:
        """Trio is about to wait for I/O, in a run whose clock does not tell when it is idle."""
        runner = self._run.runner
        if isinstance(runner.clock, HeldClock) or runner.runq:
            return
        if math.isinf(runs.next_deadline(runner)) and self.on_idle():
            runs.wake_loop(runner)  # how long to wait was computed before

    def on_idle(self) -> bool:
        """Nothing is runnable and no deadline is pending; Trio's loop is the caller.

        Returns:
            Whether something has become runnable meanwhile.
        """
        try:
            if self._may_be_stuck():
                self._look()
        except BaseException as error:
            report_bug(error, "looking for a deadlock")
        return bool(self._run.runner.runq)

    def _may_be_stuck(self) -> bool:
        """Whether a close look is due; a server that waits for its sockets gets by with this."""
        run = self._run
        if run.quitting and run.session.on_deadlock != "quit":
            return False  # who has quit it is told what keeps it from ending
        main = run.runner.main_task
        if run.state != "running" or main is None or main.coro.cr_frame is None:
            return False  # what follows the main task's end is Trio's own
        if run.runner.runq or _deadlock.hope_at_a_glance(run):
            return False
        witness = None if self._witness is None else self._witness()
        if witness is None or witness.coro.cr_frame is None or tasks.is_runnable(witness):
            return True
        return tasks.steps_taken(witness) != self._witness_steps

    def _look(self) -> None:
        run = self._run
        self._witness = None
        waits_ = chain.Waits(run)
        for task in runs.living_tasks(run.runner):
            found = None if runs.is_system(run.runner, task) else waits_.found(task)
            if found is not None and found.ending is not Ending.TASKS:
                self._witness = weakref.ref(task)
                self._witness_steps = tasks.steps_taken(task)
                return
        living = tuple(
            (tasks.number(t), tasks.steps_taken(t)) for t in runs.living_tasks(run.runner)
        )
        if living != self._told or run.quitting:
            found_deadlock = _deadlock.whole_run(run)
            if found_deadlock is not None:
                known, self._told = living == self._told, living
                if run.quitting:
                    self._give_up(None if known else found_deadlock)
                else:
                    self._tell(found_deadlock)

    def new_cycles(self) -> tuple[tuple[TaskLabel, ...], ...]:
        """The tasks that wait for one another's locks; each cycle once."""
        found = []
        label = self._run.registry.label_of
        for cycle in _deadlock.cycles_of(self._run):
            key = frozenset((tasks.number(task), tasks.steps_taken(task)) for task in cycle)
            if key not in self._cycles:
                self._cycles.add(key)
                found.append(tuple(map(label, cycle)))
        return tuple(found)

    def _tell(self, deadlock: Deadlock) -> None:
        run = self._run
        session = run.session
        policy = session.on_deadlock
        if policy is None:
            policy = "stop" if session.front_end.would_answer() else "report"
        if policy == "stop":
            stop(run, Occasion(StopKind.DEADLOCK, None, deadlock=deadlock))
            return
        session.tell(DeadlockFound(run.id, deadlock))
        if policy == "quit":
            quitting.quit_program(session)

    def _give_up(self, deadlock: Deadlock | None) -> None:
        """End a program whose cleanup is stuck, too.  deadlock: None where it is the one told."""
        session = self._run.session
        if deadlock is not None:
            session.tell(DeadlockFound(self._run.id, deadlock))
        session.tell(Note("the cleanup cannot end: the program was ended without the rest of it"))
        quitting.quit_program(session, hard=True)
