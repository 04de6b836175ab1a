"""Trio's loop, turned by hand for one coroutine while the run is held.

Owns: driving a coroutine as part of a task, which tasks may run meanwhile, and giving up.
Does not own: the turning itself (_trio_internals.turning), compiling what is awaited
(awaiting), or Ctrl-C at a stop (model.interrupts).

The pump puts aside the value that Trio was about to send into the task.  It drives the coroutine as
this task, and puts the value back: the task goes on as if nothing had happened.  Meanwhile Trio's
own tasks run, because results of threads arrive through them, and so do the tasks that the
coroutine spawns.  All other tasks wait, unless the user lets them run.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks, turning
from stepdbg.engine.process.clock import hold_clock
from stepdbg.engine.process.python_threads import current_frames
from stepdbg.model.interrupts import at_stop, sigint_handled_by
from stepdbg.model.records import dataclass
from stepdbg.model.standard import time

from . import outlook

if TYPE_CHECKING:
    from stepdbg._trio_internals.runs import Runner

    from .steerable import SteerableRun

GRACE = 0.25
"""Real seconds for a wait that only another task or thread can end."""

_BUSY_POLL = 0.02


@dataclass(slots=True)
class Verdict:
    """Why the coroutine was cancelled, if it was.

    stuck: what it waits for, in words.
    interrupted: by Ctrl-C.
    freed: whether the user agreed that the other tasks run; this alone cancels nothing.
    """

    stuck: str = ""
    interrupted: bool = False
    freed: bool = False


class Pump:
    """Drives one coroutine inside a task.

    Args:
        run: the held run.
        task: the task that the coroutine runs in; current or runnable.
        inside: whether the task's context is entered already.
        free: whether every task that is not held may run meanwhile.
        ask: asks the user whether they may, once the coroutine waits for something in vain.  It is
            called at most once, and the program's time stands still meanwhile.
    """

    def __init__(
        self,
        run: SteerableRun,
        task: Task,
        *,
        inside: bool,
        free: bool,
        ask: Callable[[str], bool] | None = None,
    ) -> None:
        self.verdict = Verdict()
        self._run = run
        self._runner = run.runner
        self._task = task
        self._inside = inside
        self._free = free
        self._ask = None if free else ask
        self._scope = trio.CancelScope()
        self._outer = turning.status_of(task)
        self._newest = max(map(tasks.number, runs.living_tasks(self._runner)))
        self._entry_task = turning.busy_entry_task(self._runner)
        self._quiet_since: float | None = None
        self._attempts = 0
        self._coroutine: Coroutine[Any, Any, object] | None = None
        self._interrupts = Interrupts()

    def drive(self, coroutine: Coroutine[Any, Any, object]) -> object:
        """Run it to its end; returns its result or raises its exception.

        A coroutine that is given up is cancelled, and the result is None; see `verdict`.
        """
        parked = turning.park(self._task)
        self._run.steered.pumped = self._task
        self._coroutine = coroutine
        try:
            with self._interrupts.taken(self._runner):
                return self._drive(_within(self._scope, coroutine))
        finally:
            turning.unpark(self._task, parked)
            self._run.steered.pumped = None

    @trio.lowlevel.enable_ki_protection
    def _drive(self, coroutine: Coroutine[Any, Any, object]) -> object:
        send: Callable[[Any], object] = coroutine.send
        sent: object = None
        while True:
            try:
                message = self._step(send, sent)
            except StopIteration as stop:
                return stop.value
            foreign = turning.suspend(self._task, message)
            if foreign is not None:
                send, sent = coroutine.throw, foreign
                continue
            send, sent = coroutine.send, self._woken()

    def _step(self, send: Callable[[Any], object], sent: object) -> object:
        with self._interrupts.raised():
            if self._inside:
                return _unprotected(send, sent)
            return self._task.context.run(_unprotected, send, sent)

    # -- waiting ----------------------------------------------------------------------

    def _woken(self) -> object:
        """Turn the loop until the task has been woken; returns the value to send into it."""
        self._quiet_since = None
        self._turn()
        while not tasks.is_runnable(self._task):
            if not self._turn():
                self._wait()
        return turning.take_sent(self._task)

    def _turn(self) -> bool:
        """Let every task that may run do a step; returns whether any task did."""
        if self._interrupts.take():
            self._give_up(Verdict(interrupted=True))
        if self._entry_task is not None:
            turning.run_entry_jobs(self._runner, self._entry_task)
        ready = self._ready()
        for task, queue in ready:
            if task in queue:
                queue.remove(task)
                turning.step(self._runner, task)
        if ready:
            self._quiet_since = None
        if ready or tasks.is_runnable(self._task):
            turning.wait(self._runner, 0)
        return bool(ready) or tasks.is_runnable(self._task)

    def _ready(self) -> list[tuple[Task, Any]]:
        queue = self._runner.runq
        # Trio's own tasks may also be among the rest of this pass.
        batch = runs.batch(self._run.loop_frame())
        found: list[tuple[Task, Any]] = [(task, batch) for task in reversed(batch)]
        found += [(task, queue) for task in runs.queued(self._runner)]
        return [
            (task, where) for task, where in found if task is not self._task and self._may_run(task)
        ]

    def _may_run(self, task: Task) -> bool:
        return self._free or runs.is_system(self._runner, task) or self._is_new(task)

    def _is_new(self, task: Task) -> bool:
        return tasks.number(task) > self._newest

    def _ours(self) -> list[Task]:
        """The task, and those that its coroutine has spawned."""
        spawned = [each for each in runs.living_tasks(self._runner) if self._is_new(each)]
        return [self._task, *(each for each in spawned if not runs.is_system(self._runner, each))]

    def _wait(self) -> None:
        """No task may run: wait for events from outside, or give up if that makes no sense."""
        view = outlook.of(self._runner, self._waits(), self._outer, free=self._free)
        if view.jump is not None:
            outlook.jump(self._runner, view.jump)
            turning.wait(self._runner, 0)
            return
        now = time.monotonic()
        self._quiet_since = self._quiet_since or now
        if not view.hopeful:
            patience = GRACE if len(current_frames()) > 1 else 0.0
            if now - self._quiet_since >= patience:
                self._stuck()
                return
        limit = GRACE / 5 if not view.hopeful else view.seconds
        if self._entry_task is not None:
            limit = min(limit, _BUSY_POLL)
        turning.wait(self._runner, limit)

    def _waits(self) -> list[outlook.Wait]:
        """The waits that decide whether waiting makes sense."""
        relevant = self._ours()
        if self._free:
            everybody = runs.living_tasks(self._runner)
            relevant = [t for t in everybody if not runs.is_system(self._runner, t)]
        return [(t, self._coroutine if t is self._task else t.coro) for t in relevant]

    # -- giving up --------------------------------------------------------------------

    def _stuck(self) -> None:
        if self._free and turning.wake_idle_waiters(self._runner):
            return
        stuck = outlook.what_for(self._coroutine)
        if not self._attempts and self._agreed(stuck):
            self._free = self.verdict.freed = True
            self._quiet_since = None
            return
        self._give_up(Verdict(stuck=stuck, freed=self.verdict.freed))

    def _agreed(self, stuck: str) -> bool:
        ask, self._ask = self._ask, None
        if ask is None:
            return False
        with hold_clock(self._runner.clock):
            return ask(stuck)

    def _give_up(self, verdict: Verdict) -> None:
        """Cancel the coroutine; if it is shielded, interrupt its next wait that is in vain."""
        if not (self.verdict.stuck or self.verdict.interrupted):
            self.verdict = verdict
        self._attempts += 1
        self._quiet_since = None
        if self._attempts == 1:
            scopes.cancel(self._scope)
            return
        for task in self._ours():
            turning.abort_at_once(task)
        if self._attempts > 2:
            self._free = True  # all tasks may run now, because the coroutine must end


async def _within(scope: trio.CancelScope, coroutine: Coroutine[Any, Any, object]) -> object:
    with scope:
        return await coroutine
    return None


@trio.lowlevel.disable_ki_protection
def _unprotected(send: Callable[[Any], object], sent: object) -> object:
    return send(sent)


class Interrupts:
    """Ctrl-C while typed code runs: it is noted, or raised in that code."""

    def __init__(self) -> None:
        self._noted = False
        self._raises = False
        self._runner: Runner | None = None

    def take(self) -> bool:
        """Whether there was a Ctrl-C since the last call."""
        noted, self._noted = self._noted, False
        return noted

    @contextmanager
    def taken(self, runner: Runner) -> Iterator[None]:
        """Handle SIGINT in the block; a no-op off the main thread, where no signal arrives."""
        self._runner = runner
        with sigint_handled_by(self._handle):
            yield

    @contextmanager
    def raised(self) -> Iterator[None]:
        """A block in which the typed code runs."""
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    def _handle(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler
        if self._raises and at_stop.takes_as_own(frame):
            return
        if self._raises and not turning.ki_protection_enabled(frame):
            raise KeyboardInterrupt
        self._noted = True
        if self._runner is not None:
            runs.wake_loop(self._runner)
