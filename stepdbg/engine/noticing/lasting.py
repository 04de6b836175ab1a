"""Reporting long steps while they last.

Owns: `StepWatch`: looking at each run's step under way from a thread of stepdbg's, reporting a step
that keeps all others waiting, and reporting what a run does as long as nothing stops it.
Does not own: that thread (process.ticking), where a step is (seeing.under_way), what was seen of
it (recording.lasting), what is said and done when it has ended (linting.steps, events).

It exists while a run is recorded, a breakpoint waits for slow steps, or `slow-step` is on.  It only
reports, and never stops the run.  It cannot look at a call into C that keeps the GIL.
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Final, Protocol

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.process.python_threads import current_frames
from stepdbg.engine.process.ticking import Ticker
from stepdbg.engine.recording.lasting import Glimpse, LastingStep, glimpse
from stepdbg.engine.recording.recorded import Recorded
from stepdbg.engine.seeing import under_way
from stepdbg.engine.stacks.frames import innermost_own, walk_out
from stepdbg.model.breakpoints import SlowTarget
from stepdbg.model.lints import LONG_STEP, LintName
from stepdbg.model.records import replace
from stepdbg.model.standard import time
from stepdbg.model.stops import StepLasts
from stepdbg.model.task import RunState

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from stepdbg.engine.breaking.breakpoints import BreakpointTable
    from stepdbg.engine.linting.steps import StepTimer
    from stepdbg.engine.linting.watch import Lints
    from stepdbg.engine.process.settings import Settings
    from stepdbg.engine.stopping.held import Desk, RunHold
    from stepdbg.model.stops import Event

    from .progress import ProgressWatch

EVERY: Final = 0.05
"""Seconds between two looks."""

_AGAIN: Final = 10
"""A step is reported again when it has lasted this many times as long."""


class TimesSteps(Protocol):
    """Told of what happens in the run."""

    @property
    def slow(self) -> StepTimer: ...


class LookedAt(Recorded, Protocol):
    """A run whose steps may last."""

    @property
    def hold(self) -> RunHold: ...
    @property
    def events(self) -> TimesSteps: ...
    @property
    def quitting(self) -> bool: ...
    @property
    def state(self) -> RunState: ...


class Told(Protocol):
    """The parts of a session that hear of a long step."""

    @property
    def breakpoints(self) -> BreakpointTable: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def lints(self) -> Lints: ...
    @property
    def settings(self) -> Settings: ...
    def tell(self, event: Event) -> None: ...


class StepWatch:
    """Looks at the steps of the runs that it follows.

    Args:
        house: what the runs share.
    """

    def __init__(self, house: Told) -> None:
        self.ticker = Ticker(self._look, EVERY)
        self._house = house
        self._progress: ProgressWatch | None = None
        self._runs: list[LookedAt] = []
        self._places: set[tuple[str, str]] = set()

    def arrange(self, run: LookedAt, *, wanted: bool) -> None:
        """Look at the steps of this run from now on, or no more."""
        if wanted:
            self._follow(run)
        elif run in self._runs:
            self._leave(run)

    def _follow(self, run: LookedAt) -> None:
        run.events.slow.ticker = self.ticker
        if run.recorder is not None:
            run.recorder.ticker = self.ticker
        report = self._house.desk.report
        if report is not None and self._progress is None:
            from .progress import ProgressWatch  # only for a user at a terminal

            self._progress = ProgressWatch(report)
        if run not in self._runs:
            self._runs = [*self._runs, run]
        if self.ticker.parked:
            self.ticker.wake()

    def _leave(self, run: LookedAt) -> None:
        self._runs = [each for each in self._runs if each is not run]
        run.events.slow.ticker = run.events.slow.lasting = None
        if run.recorder is not None:
            run.recorder.ticker = None
        if not self._runs:
            if self._progress is not None:
                self._progress.rest()
            self.ticker.dismiss()

    def _look(self) -> bool:
        """Look at all runs; returns whether any has a step under way.  Called in the thread."""
        looked = [self._look_at(run) for run in self._runs]
        wanted = self._house.settings.status.value
        lasts = self._progress is not None and self._progress.look(self._runs, wanted=wanted)
        return lasts or True in looked

    def _look_at(self, run: LookedAt) -> bool:
        began = _began(run)
        if began is None or run.hold.stands or run.state is not RunState.RUNNING:
            return False
        now = time.perf_counter()
        seconds, recorder = now - began, run.recorder
        if seconds < EVERY:
            if recorder is not None and recorder.on and not recorder.reads_clock:
                recorder.glimpses.append(glimpse(recorder.notes, now))
            return True
        top = current_frames().get(run.life.ident)
        task = runs.stepping_task(runs.loop_frame(top))
        if task is None or not task.coro.cr_running:
            if runs.has_queued(run.runner) or not runs.is_idle(top):  # the run waits for the GIL
                return True
            if recorder is not None:
                recorder.glimpses.append(Glimpse(now, 0.0, {}, {}))
            return False
        own = innermost_own(list(walk_out(top)))
        if own is not None and _began(run) == began:  # else a new step has begun meanwhile
            self._note(run, began, seconds, top, own, task)
            if recorder is not None:
                number = tasks.number(task)
                taken = {number: tasks.steps_taken(task)}
                recorder.glimpses.append(Glimpse(now, 1 / seconds, {number: 1.0}, taken))
        return True

    def _note(
        self,
        run: LookedAt,
        began: float,
        seconds: float,
        top: FrameType | None,
        own: FrameType,
        task: Task,
    ) -> None:
        step = run.events.slow.lasting
        number, steps = tasks.number(task), tasks.steps_taken(task) + 1
        if step is None or not step.is_step(number, steps):
            step = run.events.slow.lasting = LastingStep(began, number, steps)
            if run.recorder is not None:
                run.recorder.lasted.append(step)
        step.look(own, seconds)
        limit = self._limit()
        untold = limit is not None and seconds >= max(limit, step.tell_after)
        if untold and not run.quitting and not runs.is_system(run.runner, task):
            step.tell_after = seconds * _AGAIN
            if self._is_news(own, again=step.reported):
                step.reported = True
                lasts = replace(under_way.step_under_way(run, top), seconds=seconds)
                self._house.tell(StepLasts(lasts))

    def _limit(self) -> float | None:
        """The seconds after which a step is slow; None while slow steps are of no interest."""
        found = [
            each.spec.target.seconds
            for each in self._house.breakpoints.enabled(SlowTarget)
            if isinstance(each.spec.target, SlowTarget)
        ]
        if LintName.SLOW_STEP in self._house.lints.on:
            found.append(LONG_STEP)
        return min(found, default=None)

    def _is_news(self, own: FrameType, *, again: bool) -> bool:
        """Whether a function was not reported yet; before a breakpoint's stop, each step counts."""
        key = own.f_code.co_filename, own.f_code.co_name
        known = key in self._places
        self._places.add(key)
        return again or not known or bool(self._house.breakpoints.enabled(SlowTarget))


def _began(run: LookedAt) -> float | None:
    """When the step under way began, or the step before it ended; None if unknown."""
    if run.recorder is not None and run.recorder.on:
        return run.recorder.hook.last
    return run.events.slow.begun
