"""Making a task's next step do nothing, and keeping Trio from acting on an idle run.

Owns: the step that does nothing; the order of a batch without Trio's coin; switching off the two
things that Trio does when nothing is runnable.
Does not own: when (engine.steering).
"""

from __future__ import annotations

from typing import Any

from trio._core import _run
from trio._core._mock_clock import MockClock
from trio._core._run import Runner, Task
from trio._core._traps import CancelShieldedCheckpoint

from stepdbg.model.standard import math, threading


class EmptyStep:
    """Replaces the step that a task is about to take by one that does nothing.

    Trio's loop calls ``task._next_send_fn`` to take a step, and that is this object instead of the
    coroutine's ``send``.  Its answer is what a coroutine yields at ``cancel_shielded_checkpoint``,
    so Trio puts the task on the run queue again.  Then `undo` restores the value that Trio was
    about to send into the task.  Without this, a task that is already in Trio's batch could not be
    put off: Trio has a copy of the batch.

    Attributes:
        taken: whether Trio has called it.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.taken = False
        self._send_fn: Any = task._next_send_fn
        self._send = task._next_send
        task._next_send_fn = self
        task._next_send = None

    def __call__(self, _sent: object) -> object:
        """Called by Trio's loop; returns the message of a step."""
        self.taken = True
        return CancelShieldedCheckpoint

    def undo(self) -> None:
        """Restore the task as it was before."""
        self.task._next_send_fn = self._send_fn
        self.task._next_send = self._send
        if self.taken:
            self.task._schedule_points -= 1

    def is_pending(self) -> bool:
        """Whether this step is still pending; other code may have replaced it."""
        return self.task._next_send_fn is self


class Undrawn:
    """Replaces Trio's coin, to make Trio take a batch in a given order; for the runs of one thread.

    Trio reverses each batch or leaves it as it is, by ``_r.random()``; under Hypothesis it sorts
    the batch and then calls ``_r.shuffle``.  Trio calls one of the two once, right after
    ``list(runq)``.  So we put a stand-in for both into the instance, and the stand-in takes itself
    away when it is called.  No number is drawn: otherwise Trio's later batches would fall
    differently, and a seed would no longer give the same order.  ``_r`` itself stays, because other
    code refers to it and runs of other threads draw from it meanwhile.
    """

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._batch: list[Task] = []
        self._before: dict[str, Any] = {}
        self._stand_ins = {"random": self._random, "shuffle": self._shuffle}

    def for_batch(self, batch: list[Task]) -> None:
        """Let Trio take its next batch in this order, without drawing from the coin."""
        coin: dict[str, Any] = vars(_run._r)
        if "random" in coin or "shuffle" in coin:
            self._before = {name: coin[name] for name in coin if name in self._stand_ins}
        elif self._before:
            self._before = {}
        self._batch = batch
        coin.update(self._stand_ins)

    def _is_ours(self) -> bool:
        if threading.get_ident() != self._thread:
            return False
        coin: dict[str, Any] = vars(_run._r)
        coin.pop("random", None)
        coin.pop("shuffle", None)
        if self._before:
            coin.update(self._before)
        return True

    def _random(self) -> float:
        if self._is_ours():
            return 1.0  # Trio reverses a batch below 0.5
        theirs: Any = self._before.get("random")
        return type(_run._r).random(_run._r) if theirs is None else theirs()

    def _shuffle(self, batch: list[Task]) -> None:
        theirs: Any = self._before.get("shuffle")
        if self._is_ours():
            batch[:] = self._batch
        elif theirs is None:
            type(_run._r).shuffle(_run._r, batch)
        else:
            theirs(batch)


def keep_awake(runner: Runner) -> None:
    """Keep the clock from jumping, and ``wait_all_tasks_blocked`` from returning.

    Trio takes a run for idle if its queue is empty and no I/O is ready.  While stepdbg holds tasks
    back, the queue may be empty although they could go on.  Each turn of the loop
    (``unrolled_run``) first asks whether a task waits until all are blocked (``if
    runner.waiting_for_idle``), and if not, whether the clock may jump.  So the container of these
    tasks gets a class that is always false, and the threshold for a jump becomes infinite.  Without
    this, held tasks would count as blocked: ``wait_all_tasks_blocked`` would return too early, and
    a `MockClock` would jump to the next deadline.
    """
    waiting = runner.waiting_for_idle
    kind = type(waiting)
    if kind.__name__ != "Unanswered":
        unanswered = type("Unanswered", (kind,), {"__bool__": lambda _self: False})
        runner.waiting_for_idle = unanswered(waiting)
    runner.clock_autojump_threshold = math.inf


def let_idle(runner: Runner) -> None:
    """Undo `keep_awake`."""
    waiting = runner.waiting_for_idle
    if type(waiting).__name__ == "Unanswered":
        runner.waiting_for_idle = type(waiting).__mro__[1](waiting)
    clock = runner.clock
    threshold = clock.autojump_threshold if isinstance(clock, MockClock) else math.inf
    runner.clock_autojump_threshold = threshold
