"""What the events of a run need from it, and from what all runs share.

Owns: protocols.  Thanks to them, nothing here knows the whole run or the session.
Does not own: those two (running).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Protocol

import outcome
import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.runs import CancelScope, Runner
from stepdbg.engine.linting.views import LintedRun, SteppedRun
from stepdbg.engine.recording.recorded import Recordable
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.engine.steering.steerable import Hooks
from stepdbg.engine.stopping.house import StoppableRun
from stepdbg.engine.stopping.still import Still, TimesSteps
from stepdbg.model.facts import RunId, ScopeNumber

if TYPE_CHECKING:
    from stepdbg.engine.breaking.breakpoints import BreakpointTable
    from stepdbg.engine.breaking.hits import Hits
    from stepdbg.engine.ending.ways_out import WaysOut
    from stepdbg.engine.failing.failures import Failures
    from stepdbg.engine.histories.record_choice import RecordChoice
    from stepdbg.engine.linting.steps import StepTimer
    from stepdbg.engine.linting.watch import Lints
    from stepdbg.engine.process.settings import Settings
    from stepdbg.engine.scheduling.state import Steered
    from stepdbg.engine.stopping.held import Desk, Held, RunHold
    from stepdbg.engine.stopping.program_lines import ProgramLines
    from stepdbg.engine.stopping.stepping import Plan
    from stepdbg.model.stops import Event

    from .lasting import LookedAt


class WantsFailures(Protocol):
    """Knows whether failures are of interest."""

    @property
    def breakpoints(self) -> BreakpointTable: ...
    @property
    def failures(self) -> Failures: ...


class TakesCtrlC(Protocol):
    """The handler of Ctrl-C of one run."""

    def take_place(self) -> None: ...


class HasCtrlC(Protocol):
    """A run with a handler of Ctrl-C."""

    @property
    def ctrl_c(self) -> TakesCtrlC: ...


class HaveCtrlC(Protocol):
    """The runs of the process, each with a handler of Ctrl-C."""

    def active(self) -> Sequence[HasCtrlC]: ...


class Shared(WantsFailures, Protocol):
    """The parts of a session that hooks of any run use."""

    @property
    def runs(self) -> HaveCtrlC: ...
    def tell(self, event: Event) -> None: ...
    @property
    def hits(self) -> Hits: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def out(self) -> WaysOut: ...
    @property
    def lines(self) -> ProgramLines: ...
    @property
    def lints(self) -> Lints: ...
    @property
    def recording(self) -> RecordChoice: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def watches(self) -> Arranges: ...


class Arranges(Protocol):
    """Wraps the methods of Trio that are needed at present."""

    def arrange(self) -> None: ...
    def look_at_steps(self, run: LookedAt, *, wanted: bool) -> None: ...


class CarriedHooks(Hooks, Protocol):
    """The hooks that a run carries."""

    @property
    def attached(self) -> bool: ...
    @property
    def watched(self) -> set[Task]: ...
    def forget(self, task: Task) -> None: ...


class NoticedRun(StoppableRun, Protocol):
    """A run whose events are noticed."""

    @property
    def session(self) -> Shared: ...
    @property
    def quitting(self) -> bool: ...
    @property
    def carried(self) -> CarriedHooks: ...
    @property
    def steered(self) -> Steered: ...
    @property
    def stop(self) -> Callable[[StopReason], Held]: ...
    @property
    def remember(self) -> Callable[[StopReason], None]: ...
    def follow(self, plan: Plan) -> None: ...


class Events(Protocol):
    """Told of what happens in a run."""

    @property
    def slow(self) -> StepTimer: ...
    def on_spawn(self, task: Task) -> None: ...
    def forget_ended(self) -> None: ...
    def on_step(self, task: Task) -> None: ...
    def on_step_done(self, task: Task) -> None: ...
    def on_wake(self, task: Task) -> None: ...
    def on_exit(self, task: Task, result: outcome.Outcome[object]) -> None: ...
    def on_slow(self, task: Task, seconds: float) -> None: ...
    def on_values(self, task: Task, *, stepped: bool) -> None: ...
    def on_idle(self) -> None: ...
    def on_halt(self, note: str = "") -> None: ...


class HoldsInStep(TimesSteps, Protocol):
    """Holds a run where code of the program runs."""

    def on_halt(self, note: str = "") -> None: ...
    def hold_in_step(self, stop_reason: StopReason) -> BaseException | None: ...


class HookedRun(Protocol):
    """A run that carries hooks."""

    @property
    def events(self) -> Events: ...
    @property
    def look_when_idle(self) -> Callable[[], None]: ...
    def begin(self) -> None: ...
    def finish(self) -> None: ...
    def fail(self, error: BaseException, work: Callable[[], object] | None = None) -> None: ...


class CarryingRun(HookedRun, NoticedRun, LintedRun, SteppedRun, Recordable, Protocol):
    """A run whose hooks come and go."""

    @property
    def id(self) -> RunId: ...
    @property
    def carried(self) -> CarriedHooks: ...
    @property
    def events(self) -> Events: ...
    @property
    def hold(self) -> RunHold: ...
    @property
    def still(self) -> Callable[[], Still]: ...
    def loop_frame(self) -> FrameType | None: ...


class InterruptedRun(NoticedRun, Protocol):
    """A run that Ctrl-C halts."""

    @property
    def events(self) -> HoldsInStep: ...
    def fail(self, error: BaseException) -> None: ...


class WatchedRun(NoticedRun, Protocol):
    """A run that is watched."""

    @property
    def events(self) -> Events: ...
    def scope_number(self, scope: CancelScope) -> ScopeNumber: ...


class WatchedRuns(Protocol):
    """The runs of the process."""

    def active(self) -> Sequence[WatchedRun]: ...
    def of_runner(self, runner: Runner) -> WatchedRun | None: ...
    def of_thread(self) -> WatchedRun | None: ...


class Watching(WantsFailures, Protocol):
    """What all runs share, for what is watched in all of them."""

    @property
    def runs(self) -> WatchedRuns: ...
    @property
    def hits(self) -> Hits: ...
    @property
    def lints(self) -> Lints: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def settings(self) -> Settings: ...
    def tell(self, event: Event) -> None: ...


class EndingRun(Protocol):
    """What the end of a run needs from it."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def end_hook(self) -> trio.abc.Instrument: ...
    def fail(self, error: BaseException) -> None: ...


class EndingRuns(Protocol):
    """The runs of the process."""

    def active(self) -> Sequence[EndingRun]: ...
