"""A run that is held from a worker thread, while that thread is at a stop.

Owns: `Gate`, at which the tasks of such a run wait before their next step; `gate_here`, which finds
the run.  Does not own: the stop in the thread (outside), or the prompt (held).

Any thread may add an instrument to a run, but only the run's own thread may remove one.  Trio first
asks whether some instrument has a hook, and then looks these instruments up
(``trio/_core/_run.py``): if another thread removed the last one in between, Trio would raise
KeyError.  So the thread only opens the gate, and the gate removes itself when the run comes to it.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks, waits
from stepdbg.engine.waiting import threads
from stepdbg.model import interrupts
from stepdbg.model.standard import _thread

from . import resuming
from .still import Still

if TYPE_CHECKING:
    from stepdbg.model.stops import StepTask

    from .held import Held
    from .house import GatedRun, House
    from .stepping import Plan


_SOON: Final = 0.05
"""Seconds.  If a step has not ended by then, the stop says so and no longer waits for it."""

_REFUSED: Final = (
    "this thread's run is held with it, so a call into the run would wait for ever; "
    "`continue`, or stop in a task of the run to call this there"
)


class Gate(trio.abc.Instrument):
    """Lets no task of a run step while it is closed; one for each stop.

    Args:
        run: the run whose steps wait.
        house: what all runs share.
        task: the task for which the thread works.

    Attributes:
        run: as given.
        label: how the task is called.
    """

    def __init__(self, run: GatedRun, house: House, task: Task) -> None:
        self.run = run
        self.label = run.registry.label_of(task)
        self._house = house
        # Bare locks, as in `frontends.threads`: those of `threading` run Python code, in which a
        # signal handler could raise and leave them half taken.
        self._opened = _thread.allocate_lock()
        self._reached = _thread.allocate_lock()
        self._reached.acquire()
        self._step: tuple[StepTask, Held] | None = None
        self._dropped: Plan | None = None
        self._refusal = ExitStack()

    def __enter__(self) -> None:
        """Close it: from now on no step begins."""
        self._opened.acquire()
        self.run.hold.gates.append(self)
        self._refusal.enter_context(waits.calls_refused(_REFUSED))
        runs.carry(self.run.runner, self)
        runs.call_soon(self.run.runner, _wake)  # a sleeping run comes to the gate at once

    def __exit__(self, *_: object) -> None:
        """Open it; called on the thread that has closed it."""
        self._refusal.close()
        self.run.hold.gates.remove(self)
        self._opened.release()

    def is_reached(self) -> bool:
        """Whether the run waits here; a step that is under way gets a moment to end."""
        if self._reached.acquire(timeout=_SOON):
            self._reached.release()
            return True
        return False

    def go_on_by(self, resume: StepTask, held: Held) -> None:
        """Let the run go on by steps when the gate opens.

        Args:
            held: the stop in the thread.
        """
        self._step = resume, held

    def drop_step(self) -> None:
        """Let the run go on without the step that it is in, when the gate opens."""
        self._dropped = self.run.plan

    def before_task_step(self, task: Task) -> None:
        """Wait until the gate is open, and take it away."""
        try:
            self._wait()
            if runs.carries(self.run.runner, self):
                self.run.runner.instruments.remove_instrument(self)
            self._go_on(task)
        except BaseException as error:
            self.run.fail(error)

    def _wait(self) -> None:
        if not self._opened.locked():
            return
        with Still(self.run), interrupts.taken_at_stop():
            self._reached.release()
            self._opened.acquire()

    def _go_on(self, task: Task) -> None:
        step, self._step = self._step, None
        dropped, self._dropped = self._dropped, None
        if dropped is not None:
            resuming.drop_step(self.run, dropped)
        if step is None:
            self.run.carried.arrange()
        else:
            self.run.follow(resuming.plan_for(self.run, *step))
            self.run.events.on_step(task)  # that hook was put on too late for this step
        self._house.out.deliver_interrupt()


def _wake() -> None:
    """Wakes a run; there is nothing else to do."""


def gate_here(house: House) -> Gate | None:
    """An open gate for the run that the calling thread works for; None if it works for no run."""
    task = threads.task_here()
    run = None if task is None else house.runs.of_runner(tasks.runner_of(task))
    return None if task is None or run is None else Gate(run, house, task)
