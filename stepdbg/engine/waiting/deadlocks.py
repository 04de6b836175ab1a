"""Notice a deadlock at the moment when a run has nothing to do.

Owns: when to look for a deadlock, and which ones were found before.
Does not own: what a deadlock is (deadlock), or what stepdbg does about it (running.run).

Trio asks its clock how long to sleep only if no task is runnable, so looking costs nothing while
tasks are runnable.  stepdbg looks closely only if no deadline is pending either.  The program's own
clock does not call stepdbg; then stepdbg watches the heap of deadlines (_trio_internals.idling).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import idling, runs, tasks
from stepdbg.engine.process.clock import HeldClock
from stepdbg.engine.process.guard import settle
from stepdbg.model.standard import weakref

from . import deadlock, graph, hope, knots

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from stepdbg.engine.recording.origins import Origins
    from stepdbg.model.waits import Deadlock, Knot

    from .views import BlockedRun


class Orders(Protocol):
    """What to do about a deadlock."""

    def wants_to_know(self) -> bool: ...
    def is_ending(self) -> bool: ...
    def still(self) -> AbstractContextManager[None]: ...
    def deadlocked(self, deadlock: Deadlock, *, again: bool) -> None: ...


class DeadlockWatch:
    """Looks for a deadlock whenever its run is idle.

    Args:
        run: the run to watch.
        origins: notes for the pictures of the waits.
        orders: what to do about a deadlock.
    """

    def __init__(self, run: BlockedRun, origins: Origins, orders: Orders) -> None:
        self._run = run
        self._origins = origins
        self._orders = orders
        self._told: tuple[tuple[int, int], ...] = ()
        self._cycles: set[frozenset[tuple[int, int]]] = set()
        self._witness: weakref.ref[Task] | None = None
        self._witness_steps = 0
        self._last: idling.LastDeadline | None = None

    def begin(self) -> None:
        """Begin to watch the run, on the clock that it has now."""
        self.end()
        runner = self._run.runner
        if isinstance(runner.clock, HeldClock):
            runner.clock.when_idle = self.on_idle
            return
        with suppress(AttributeError):  # a version of Trio that keeps its deadlines differently
            self._last = idling.LastDeadline(runner, self._on_last_deadline)

    def end(self) -> None:
        """Stop watching."""
        clock = self._run.runner.clock
        if isinstance(clock, HeldClock):
            clock.when_idle = None
        if self._last is not None:
            self._last.remove()
            self._last = None

    def _on_last_deadline(self) -> None:
        if self.on_idle():
            runs.wake_loop(self._run.runner)  # the loop must not go to sleep

    def on_idle(self) -> bool:
        """Called by Trio's loop when no task is runnable and no deadline is pending.

        Returns:
            Whether something has become runnable meanwhile.
        """
        try:
            if self._may_be_stuck():
                with self._orders.still():
                    self._look()
        except BaseException as error:
            settle(error, "looking for a deadlock")
        return bool(self._run.runner.runq)

    def _may_be_stuck(self) -> bool:
        """Whether a close look is worthwhile; for a server that waits for its sockets it is not."""
        runner = self._run.runner
        begun = runner.main_task is not None
        if not begun or runs.is_over(runner) or not self._orders.wants_to_know():
            return False  # after the main task has ended, only Trio's own tasks run
        if runner.runq or hope.hope_at_a_glance(self._run):
            return False
        witness = None if self._witness is None else self._witness()
        if witness is None or witness.coro.cr_frame is None or tasks.is_runnable(witness):
            return True
        return tasks.steps_taken(witness) != self._witness_steps

    def _look(self) -> None:
        from stepdbg.model.waits import (
            Ending,  # the others that this needs are imported late as well
        )

        run = self._run
        waits = graph.BlockedGraph(run)
        living = runs.living_tasks(run.runner)
        self._witness = None
        for task in living:
            found = None if runs.is_system(run.runner, task) else waits.found(task)
            if found is not None and found.ending is not Ending.TASKS:
                self._witness = weakref.ref(task)
                self._witness_steps = tasks.steps_taken(task)
                return
        moment = tuple((tasks.number(task), tasks.steps_taken(task)) for task in living)
        known = moment == self._told
        if not known or self._orders.is_ending():
            deadlocked = deadlock.whole_run(run, waits, self._origins)
            if deadlocked is not None:
                self._told = moment
                self._orders.deadlocked(deadlocked, again=known)

    def new_knots(self) -> tuple[Knot, ...]:
        """New knots of tasks that wait for one another's locks; each cycle is returned once."""
        found: list[Knot] = []
        claims: knots.Knots | None = None
        for cycle in deadlock.cycles_of(self._run.runner):
            key = frozenset((tasks.number(task), tasks.steps_taken(task)) for task in cycle)
            if key in self._cycles:
                continue
            self._cycles.add(key)
            claims = claims or knots.Knots(self._run, graph.BlockedGraph(self._run), cycle)
            knot = claims.cycle(cycle)
            if knot is not None:
                found.append(knot)
        return tuple(found)
