"""Which hooks a run carries.

Owns: installing and removing hooks as plans and breakpoints come and go, the watched tasks,
and the recorder.  Does not own: what the hooks tell (run).

Pay per use: a run that nothing waits for carries `BeginHook` alone, which Trio does not call
at a step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.spawns import SpawnHook, Which
from stepdbg._trio_internals.watching import StepFilter
from stepdbg.model.breakpoints import IdleTarget, SlowTarget, TaskEvent

from .clock import HeldClock
from .hooks import AfterStepHook, IdleHook, SlowHook, StepHook, WakeHook
from .lints.steps import StepLints
from .recorder import Recorder
from .steered_queue import SteeredQueue
from .steering import queue as holding_queue
from .steering.holding import HeldHook

if TYPE_CHECKING:
    from .run import DebuggedRun
    from .stepping import Plan

_BEFORE_STEP = (TaskEvent.STEP, TaskEvent.START, TaskEvent.CANCEL)


class Carried:
    """The hooks of one run.

    Attributes:
        attached: whether anything may be carried at all.
        watched: the living tasks with a breakpoint that asks before each of their steps.
    """

    def __init__(self, run: DebuggedRun) -> None:
        self.attached = False
        self.watched: set[Task] = set()
        self._arranged_for: tuple[bool, bool] | None = None
        self.recorder: Recorder | None = None
        self._run = run
        self._spawns = run.registry.spawns
        self._spawns.full = run.events.forget_ended
        self._spawn_hook = SpawnHook(self._spawns, run.events.on_spawn)
        # When a task comes that a breakpoint may be about, an instrument looks from then on.
        self._spawns.interesting = partial(self._carry, self._spawn_hook, True)
        self._step_hook = StepHook(run)
        self._filter = StepFilter(self._step_hook, self.watched)
        self._after_hook = AfterStepHook(run)
        self._wake_hook = WakeHook(run)
        self._slow_hook = SlowHook(run)
        self._lint_hook = StepLints(run)
        self._idle_hook = IdleHook(run)
        self._held_hook = HeldHook(run)

    def follow(self) -> None:
        """There is a new plan, and whatever else has changed has been arranged for.

        One that needs what the plan before it did, as `step` after `step`, costs next to nothing.
        """
        run = self._run
        plan, queue = run.plan, run.runner.runq
        anybody = bool(self.watched) or plan.alone is not None or run.steered.in_force
        if anybody or self._arranged_for != _needs(plan) or isinstance(queue, SteeredQueue):
            self.arrange()
        else:
            self._hear_steps(watched=False)

    def arrange(self) -> None:
        """Carry what the plan and the breakpoints need, and nothing else."""
        if not self.attached:
            return
        run = self._run
        self._arranged_for = _needs(run.plan)
        table = run.session.breakpoints
        recording = run.session.recording.now(stepping=run.plan.every_step)
        self._record(recording)
        # Who looks at a failure wants to know where the task came from, which nobody knows then.
        self._note_spawns(recording or run.session.failures.wanted)
        self._carry(self._after_hook, bool(table.waiting_for(TaskEvent.BLOCK)))
        self._carry(self._wake_hook, bool(table.waiting_for(TaskEvent.WAKE)))
        self._lint_hook.prepare(self._slow_hook)
        self._carry(self._slow_hook, bool(table.enabled(SlowTarget)))
        self._carry(self._lint_hook, self._lint_hook.is_needed)
        self._carry(
            self._idle_hook,
            bool(table.enabled(IdleTarget)) or not isinstance(run.runner.clock, HeldClock),
        )
        self._carry(self._held_hook, run.steered.in_force)
        run.session.watches.arrange()
        run.session.lints.follow(run, attached=True)
        self._arrange_queue()

    def drop(self) -> None:
        """Carry nothing any more."""
        self.attached = False
        self._arranged_for = None
        self._run.session.lints.follow(self._run, attached=False)
        self._lint_hook.forget()
        self._run.steered.release_everybody()
        self.watched.clear()
        self._arrange_queue()
        for hook in (
            self._step_hook,
            self._after_hook,
            self._wake_hook,
            self._slow_hook,
            self._lint_hook,
            self._idle_hook,
            self._held_hook,
            self._spawn_hook,
        ):
            self._carry(hook, False)
        self._spawns.keep(self._run.runner, Which.NONE)
        self._record(False)
        self.recorder = None

    # -- watched tasks ----------------------------------------------------------------

    def look_again(self) -> None:
        """The breakpoints have changed: find out whom they are about."""
        if not self.attached:
            return
        self.watched.clear()
        self.watched.update(
            task for task in runs.living_tasks(self._run.runner) if self._is_watched(task)
        )
        self.arrange()

    def consider(self, task: Task) -> None:
        """A task has been spawned: watch it, if a breakpoint is about it."""
        if self.attached and self._is_watched(task):
            first = not self.watched
            self.watched.add(task)
            if first:  # from now on it matters when tasks exit
                self._run.session.watches.arrange()
            self._arrange_queue()

    def forget(self, task: Task) -> None:
        """A task has exited."""
        if task in self.watched:
            self.watched.discard(task)
            self._arrange_queue()

    def _is_watched(self, task: Task) -> bool:
        if task in self._run.steered.later:
            return True
        candidates = self._run.session.breakpoints.about_task(task.name)
        label = self._run.registry.label_of(task)
        return any(each.event in _BEFORE_STEP and each.matches(label) for each in candidates)

    def _arrange_queue(self) -> None:
        runner = self._run.runner
        alone = self._run.plan.alone
        holds = self._run.steered.in_force
        wanted = holds or bool(self.watched) or alone is not None
        kind = holding_queue.HoldingQueue if holds else SteeredQueue
        if wanted and type(runner.runq) is not kind:
            queue = _steered_queue(kind, self._run, self.watched, self._on_watched_pass)
            runs.replace_queue(runner, queue)
        elif not wanted and isinstance(runner.runq, SteeredQueue):
            runs.replace_queue(runner, runs.plain_queue(runner))
        rest = runs.batch(self._run.loop_frame())
        if isinstance(runner.runq, SteeredQueue):
            runner.runq.alone = alone
            runner.runq.start_over()
            if alone is not None:
                _put_back(runner, rest, alone)
        # Who is in this pass already has left the queue: watch the rest of the pass.
        watched_now = not self.watched.isdisjoint(rest)
        self._hear_steps(watched_now)

    def _hear_steps(self, watched: bool) -> None:
        """Carry the hook for steps, if the plan or this pass needs it."""
        plan, runner = self._run.plan, self._run.runner
        self._carry(self._step_hook, plan.every_step or watched)
        if plan.every_step and plan.passing is None:
            self._filter.end(runner)
        else:
            self._filter.limit(runner, plan.passing)

    def _on_watched_pass(self, watched: bool) -> None:
        try:
            self._hear_steps(watched)
        except BaseException as error:  # Trio's loop is the caller
            self._run.fail(error)

    # -- hooks ------------------------------------------------------------------------

    def _note_spawns(self, wanted: bool) -> None:
        spawns, table = self._spawns, self._run.session.breakpoints
        some = Which.INTERESTING if table.on_tasks else Which.NONE
        which = Which.ALL if wanted else some
        if which is not spawns.which or spawns.interest is not table.by_name:
            self.catch_up()
        spawns.interest = table.by_name
        spawns.keep(self._run.runner, which)
        if not table.on_tasks:
            self._carry(self._spawn_hook, False)

    def catch_up(self) -> None:
        """Take in the tasks whose spawn was not noted, so that each has its name."""
        if self._spawns.which is not Which.ALL:
            self._run.registry.adopt(runs.living_tasks(self._run.runner))

    def _record(self, wanted: bool) -> None:
        if wanted and self.recorder is None:
            self.recorder = Recorder(self._run, self._run.session.recording.size)
        if self.recorder is not None and self.recorder.on != wanted:
            if wanted:
                self.recorder.begin()
            else:
                self.recorder.end()

    def _carry(self, hook: trio.abc.Instrument, wanted: bool) -> None:
        instruments = self._run.runner.instruments
        carried = runs.carries(self._run.runner, hook)
        if wanted and not carried:
            instruments.add_instrument(hook)
        elif carried and not wanted:
            instruments.remove_instrument(hook)


def _needs(plan: Plan) -> tuple[bool, bool]:
    """What a plan needs whichever tasks it is about."""
    return plan.every_step, plan.exits


def _steered_queue(
    kind: type[SteeredQueue],
    run: DebuggedRun,
    watched: set[Task],
    on_watched_pass: Callable[[bool], None],
) -> SteeredQueue:
    runner = run.runner
    system = partial(runs.is_system, runner)
    queue = kind(runs.queued(runner), watched, on_watched_pass, system)
    if isinstance(queue, holding_queue.HoldingQueue):
        queue.steered = run.steered
    return queue


def _put_back(runner: runs.Runner, rest: list[Task], alone: Task) -> None:
    """Take the rest of this pass back into the queue: it is to wait, too."""
    waiting = [t for t in rest if t is not alone and not runs.is_system(runner, t)]
    # The batch runs from its end; the queue from its beginning.
    runner.runq.extendleft(waiting)
    rest[:] = [task for task in rest if task not in waiting]
