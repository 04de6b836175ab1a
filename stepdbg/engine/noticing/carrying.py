"""Which hooks a run carries.

Owns: installing hooks when plans and breakpoints need them, and removing them; the watched tasks;
the recorder.  Does not own: the hooks (hooks), what follows from them (events).

A hook that no instrument has costs Trio one look-up in a dict (``trio/_core/_instrumentation.py``).
If an instrument has it, Trio calls that instrument each time, even if the call does nothing.  So a
run carries a hook only while something needs it.  If nothing does, the run carries only
`BeginHook`, which Trio does not call at a step.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.spawns import SpawnHook, Which
from stepdbg._trio_internals.watching import StepFilter
from stepdbg.engine.linting.steps import StepLints
from stepdbg.engine.process.clock import HeldClock
from stepdbg.engine.recording import counting as counts
from stepdbg.engine.recording.recorder import Recorder
from stepdbg.engine.scheduling.holding import HeldHook
from stepdbg.engine.scheduling.run_queue import QueueKeeper
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.model.breakpoints import IdleTarget, SlowTarget, TaskEvent, WatchTarget
from stepdbg.model.lints import LintName
from stepdbg.model.stops import StopKind

from .hooks import AfterStepHook, IdleHook, SlowHook, StepHook, WakeHook, WatchHook

if TYPE_CHECKING:
    from stepdbg.engine.stopping.stepping import Plan

    from .noticed import CarryingRun

_EVERY_STEP = (True, False, False)
"""What `step` needs: the hook for steps, and no counting of tasks that pass by."""

_BEFORE_STEP = (TaskEvent.STEP, TaskEvent.START, TaskEvent.CANCEL)


class Carried:
    """The hooks of one run.

    Attributes:
        attached: whether the run may carry anything at all.
        watched: the living tasks with a breakpoint that must be checked before each of their steps.
    """

    def __init__(self, run: CarryingRun) -> None:
        self.attached = False
        self.watched: set[Task] = set()
        self._arranged_for: tuple[bool, bool, bool] | None = None
        self.recorder: Recorder | None = None
        self._run = run
        self._spawns = run.registry.spawns
        self._spawns.full = run.events.forget_ended
        self._spawn_hook = SpawnHook(self._spawns, run.events.on_spawn)
        # Looks at each spawn, while a breakpoint may be about a task that is spawned.
        self._spawns.interesting = partial(self._carry, self._spawn_hook, True)
        self._step_hook = StepHook(run)
        self._queue = QueueKeeper(run, self.watched, self._on_watched_pass)
        self._filter = StepFilter(self._step_hook, self.watched)
        self._after_hook = AfterStepHook(run)
        self._wake_hook = WakeHook(run)
        self._slow_hook = SlowHook(run)
        self._lint_hook = StepLints(run, run.events.slow, run.session.lints)
        self._idle_hook = IdleHook(run)
        self._watch_hook = WatchHook(run)
        self._held_hook = HeldHook(
            run, lambda note: run.stop(StopReason(StopKind.HALT, None, note=note))
        )

    def follow(self) -> None:
        """Carry what a new plan needs; everything else has been arranged already.

        If it needs the same as the plan before it, as `step` after `step` does, this costs next to
        nothing.
        """
        run = self._run
        plan = run.plan
        before, needs = self._arranged_for, _needs_of(plan)
        anybody = bool(self.watched) or plan.alone is not None or run.steered.in_force
        if anybody or before is None or before[:2] != needs[:2] or self._queue.is_ours:
            self.arrange()
        elif before != needs or needs != _EVERY_STEP:
            self._arranged_for = needs
            self._hear_steps(watched=False)

    def arrange(self) -> None:
        """Carry what the plan and the breakpoints need, and nothing else."""
        if not self.attached:
            return
        run = self._run
        self._arranged_for = _needs_of(run.plan)
        table = run.session.breakpoints
        recording = run.session.recording.now(stepping=run.plan.every_step)
        self._record(recording)
        if run.session.recording.is_traced:
            run.session.recording.tracing.follow(run)
        # At a failure the user wants to know where the task was spawned, and by then it cannot be
        # found out any more.
        self._note_spawns(recording or run.session.failures.wanted)
        self._lint_hook.prepare(self._slow_hook)
        if self._lint_hook.is_needed:
            later = (self._after_hook, self._slow_hook, self._watch_hook)
            _carry_first(run.runner, self._lint_hook, later)
        self._carry(self._lint_hook, self._lint_hook.is_needed)
        self._carry(self._after_hook, bool(table.waiting_for(TaskEvent.BLOCK)))
        self._carry(self._wake_hook, bool(table.waiting_for(TaskEvent.WAKE)))
        self._carry(self._slow_hook, bool(table.enabled(SlowTarget)))
        looks = run.session.lints.collecting and not isinstance(run.runner.clock, HeldClock)
        slow = bool(table.enabled(SlowTarget)) or LintName.SLOW_STEP in self._lint_hook.on
        lasting = slow or (recording and not run.plan.every_step)
        run.session.watches.look_at_steps(run, wanted=lasting)
        self._carry(self._idle_hook, looks or bool(table.enabled(IdleTarget)))
        self._carry(self._watch_hook, bool(table.enabled(WatchTarget)))
        self._carry(self._held_hook, run.steered.in_force)
        run.session.watches.arrange()
        run.session.lints.follow(run, attached=True)
        self._arrange_queue()

    def drop(self) -> None:
        """Remove everything that the run carries."""
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
            self._watch_hook,
            self._held_hook,
            self._spawn_hook,
        ):
            self._carry(hook, False)
        self._spawns.keep(self._run.runner, Which.NONE)
        self._run.session.watches.look_at_steps(self._run, wanted=False)
        if self._run.session.recording.is_traced:
            self._run.session.recording.tracing.leave(self._run)
        self._record(False)
        self.recorder = None

    # -- watched tasks ----------------------------------------------------------------

    def look_again(self) -> None:
        """Find out which tasks the breakpoints are about, after a change."""
        if not self.attached:
            return
        self.watched.clear()
        self.watched.update(
            task for task in runs.living_tasks(self._run.runner) if self._is_watched(task)
        )
        self.arrange()

    def consider(self, task: Task) -> None:
        """Watch a task that has been spawned, if a breakpoint is about it."""
        if self.attached and self._is_watched(task):
            first = not self.watched
            self.watched.add(task)
            if first:  # from now on it matters when tasks exit
                self._run.session.watches.arrange()
            self._arrange_queue()

    def forget(self, task: Task) -> None:
        """Stop watching a task that has exited."""
        if task in self.watched:
            self.watched.discard(task)
            self._arrange_queue()

    def _is_watched(self, task: Task) -> bool:
        if task in self._run.steered.later:
            return True
        candidates = self._run.session.breakpoints.about_task(task.name)
        registry = self._run.registry
        return any(
            each.event in _BEFORE_STEP and each.matches(registry, task) for each in candidates
        )

    def _arrange_queue(self) -> None:
        self._hear_steps(self._queue.arrange(self._run.plan.alone))

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
        which = Which.ALL if wanted or spawns.each is not None else some
        if which is not spawns.which or spawns.interest is not table.by_name:
            self.catch_up()
        spawns.interest = table.by_name
        spawns.keep(self._run.runner, which)
        if not table.on_tasks:
            self._carry(self._spawn_hook, False)

    def catch_up(self) -> None:
        """Take in the tasks whose spawn was not noted, so that every task has its name."""
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
            if self._run.session.recording.counts_passes:
                self._carry(_pass_hook(self._run, self.recorder), wanted)

    def _carry(self, hook: trio.abc.Instrument, wanted: bool) -> None:
        carried = runs.carries(self._run.runner, hook)
        if wanted and not carried:
            runs.carry(self._run.runner, hook)
        elif carried and not wanted:
            runs.take_off(self._run.runner, hook)


def _carry_first(
    runner: runs.Runner, lints: trio.abc.Instrument, later: tuple[trio.abc.Instrument, ...]
) -> None:
    """Let a run carry the hook of lints before those that stop after a step, which are taken off.

    Trio calls hooks in the order in which they were put on.  At such a stop, the lints that the
    step deserves must be known.
    """
    if not runs.carries(runner, lints):
        for each in later:
            if runs.carries(runner, each):
                runs.take_off(runner, each)
        runs.carry(runner, lints)


def _needs_of(plan: Plan) -> tuple[bool, bool, bool]:
    """Whether a plan sees every step, sees tasks exit, and lets tasks pass by.

    This is remembered, and not the plan, because a plan refers to frames of the program.
    """
    return plan.every_step, plan.exits, plan.passing is not None


def _pass_hook(run: CarryingRun, recorder: Recorder) -> counts.PassHook:
    """The hook that counts the passes of a run; made at the first need."""
    counting = recorder.counting
    if counting.passes is None:
        counting.passes = counts.PassHook(lambda: recorder.hook.left_out, run.fail)
    return counting.passes
