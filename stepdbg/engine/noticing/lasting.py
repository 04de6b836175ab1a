"""Reporting long steps while they last.

Owns: `StepWatch`: looking at each run's step under way from a thread of stepdbg's, reporting a step
that keeps all others waiting, and reporting what a run does as long as nothing stops it.
Does not own: that thread (process.ticking), where a step is (seeing.under_way), what was seen of
it (recording.lasting), what is said and done when it has ended (linting.steps, events).

It exists while a run is recorded, a breakpoint waits for slow steps, or `slow-step` is on.  It only
reports, and never stops the run.  It cannot look at a call into C that keeps the GIL.
"""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Final, Protocol

from stepdbg._trio_internals import runs, stepping, tasks
from stepdbg.engine.process.python_threads import stack_of
from stepdbg.engine.process.ticking import Ticker
from stepdbg.engine.recording.lasting import Glimpse, LastingStep, glimpse
from stepdbg.engine.recording.recorded import Recorded
from stepdbg.engine.seeing import under_way
from stepdbg.engine.stacks.frames import innermost_own
from stepdbg.model.breakpoints import SlowTarget
from stepdbg.model.lints import LONG_STEP, LintName
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import math, time
from stepdbg.model.stops import StepLasts, StepUnderWay
from stepdbg.model.task import RunState

if TYPE_CHECKING:
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


class LongStepHouse(Protocol):
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

    def __init__(self, house: LongStepHouse) -> None:
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
        seen = _see(run, told_from=self._told_from(run, began), seconds=seconds)
        if seen is None or _began(run) != began:  # the run waits for the GIL, or a new step began
            return True
        if recorder is not None:
            recorder.glimpses.append(seen.glimpse(now, seconds))
        if seen.number is None:
            return False
        self._note(run, began, seconds, seen)
        return True

    def _told_from(self, run: LookedAt, began: float) -> float:
        """The seconds after which the step that began then is reported, if its place is news."""
        if run.quitting:
            return math.inf
        step = run.events.slow.lasting
        again = 0.0 if step is None or step.began != began else step.tell_after
        return max(self._limit(), again)

    def _note(self, run: LookedAt, began: float, seconds: float, seen: _Seen) -> None:
        assert seen.number is not None
        assert seen.own is not None
        step = run.events.slow.lasting
        if step is None or not step.is_step(seen.number, seen.steps + 1):
            step = run.events.slow.lasting = LastingStep(began, seen.number, seen.steps + 1)
            if run.recorder is not None:
                run.recorder.lasted.append(step)
        step.look(seen.own, seen.line, seconds)
        if seen.picture is not None:
            step.tell_after = seconds * _AGAIN
            if self._is_news(seen.own, again=step.reported):
                step.reported = True
                self._house.tell(StepLasts(seen.picture))

    def _limit(self) -> float:
        """The seconds after which a step is slow; infinite while slow steps are of no interest."""
        found = [
            each.spec.target.seconds
            for each in self._house.breakpoints.enabled(SlowTarget)
            if isinstance(each.spec.target, SlowTarget)
        ]
        if LintName.SLOW_STEP in self._house.lints.on:
            found.append(LONG_STEP)
        return min(found, default=math.inf)

    def _is_news(self, own: CodeType, *, again: bool) -> bool:
        """Whether a function was not reported yet; before a breakpoint's stop, each step counts."""
        key = own.co_filename, own.co_name
        known = key in self._places
        self._places.add(key)
        return again or not known or bool(self._house.breakpoints.enabled(SlowTarget))


class _Seen(NamedTuple):
    """What a look at a run saw: no frames and no task, as the run goes on meanwhile.

    number: of the task whose step is under way; None if the run is idle.
    steps: how many steps that task has finished.
    own: the code that best shows what the task does.
    line: the current line of that code.
    picture: what to report; None if nothing is to be reported.
    """

    number: int | None = None
    steps: int = 0
    own: CodeType | None = None
    line: int | None = None
    picture: StepUnderWay | None = None

    def glimpse(self, now: float, seconds: float) -> Glimpse:
        """The same as a sample of the run, whose step has lasted so many seconds."""
        if self.number is None:
            return Glimpse(now, 0.0, {}, {})
        return Glimpse(now, 1 / seconds, {self.number: 1.0}, {self.number: self.steps})


def _see(run: LookedAt, *, told_from: float, seconds: float) -> _Seen | None:
    """Look at the step under way; None if the run may be about to go on, or has ended.

    Args:
        told_from: the seconds from which such a step is reported.
        seconds: how long the step has lasted.
    """
    stack, runner = stack_of(run.life.ident), run.life.living_runner()
    if runner is None:
        return None
    task = stepping.running_task(runner)
    if task is None:
        idle = stepping.is_idle([each.f_code for each in stack])
        return None if runs.has_queued(runner) or not idle else _Seen()
    own = innermost_own(under_way.up_to_loop(stack))
    if own is None:
        return None
    picture = None
    if seconds >= told_from and not runs.is_system(runner, task):
        picture = under_way.step_under_way(run, stack, seconds)
    number, steps = tasks.number(task), tasks.steps_taken(task)
    return _Seen(number, steps, own.f_code, own.f_lineno, picture)


def _began(run: LookedAt) -> float | None:
    """When the step under way began, or the step before it ended; None if unknown."""
    if run.recorder is not None and run.recorder.on:
        return run.recorder.hook.last
    return run.events.slow.begun
