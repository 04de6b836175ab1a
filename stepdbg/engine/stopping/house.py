"""What a stop needs of the run that is held, and of what all runs share.

Owns: protocols.  Thanks to them, the code for stops knows neither the whole run nor the session.
Does not own: those two (running).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from stepdbg.engine.seeing.seen import SeenRun
from stepdbg.model.options import SessionOptions
from stepdbg.model.protocols import Inspector
from stepdbg.model.stops import Event, Resume, Stop

from .stepping import Plan
from .still import TimesSteps

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from stepdbg._trio_internals.runs import Runner
    from stepdbg.engine.breaking.hits import Hits
    from stepdbg.engine.failing.failures import FailureBook, Failures
    from stepdbg.engine.recording.life import RunLife
    from stepdbg.model.lints import Lint
    from stepdbg.model.waits import Knot

    from .held import Desk, RunHold
    from .stepping import LinePlan


class Carries(Protocol):
    """The hooks that a run carries."""

    def catch_up(self) -> None: ...
    def arrange(self) -> None: ...


class KnowsKnots(Protocol):
    """Looks for deadlocks in a run."""

    def new_knots(self) -> tuple[Knot, ...]: ...


class StoppableRun(SeenRun, Protocol):
    """A run that can be held."""

    @property
    def hold(self) -> RunHold: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def failures(self) -> FailureBook: ...
    @property
    def carried(self) -> Carries: ...
    @property
    def events(self) -> TimesSteps: ...
    @property
    def deadlocks(self) -> KnowsKnots: ...
    def new_lints(self, *, deadlocked: bool) -> tuple[Lint, ...]: ...
    def resume(self, plan: Plan) -> None: ...


class SeesSteps(TimesSteps, Protocol):
    """Times steps; called when a step begins."""

    def on_step(self, task: Task) -> None: ...


class GatedRun(StoppableRun, Protocol):
    """A run that can be held from another thread."""

    @property
    def events(self) -> SeesSteps: ...
    def follow(self, plan: Plan) -> None: ...
    def call_here(self, work: Callable[[], None]) -> None: ...
    def fail(self, error: BaseException) -> None: ...


class KnownRun(Protocol):
    """A run that a stop outside of it knows of."""

    @property
    def life(self) -> RunLife: ...
    @property
    def failures(self) -> FailureBook: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def held(self) -> object: ...
    def follow(self, plan: Plan) -> None: ...
    def call_here(self, work: Callable[[], None]) -> None: ...


class KnownRuns(Protocol):
    """The runs of the process."""

    def __len__(self) -> int: ...
    def active(self) -> Iterable[KnownRun]: ...
    def of_runner(self, runner: Runner) -> GatedRun | None: ...


class Leaves(Protocol):
    """The ways in which debugging ends."""

    @property
    def quitting(self) -> bool: ...
    @property
    def ends_program(self) -> bool: ...
    def take(self, resume: Resume) -> bool: ...
    def deliver_interrupt(self) -> None: ...


class Follows(Protocol):
    """The lines of the program."""

    def follow(self, plan: LinePlan | None) -> None: ...


class KeepsStops(Protocol):
    """Knows which runs are recorded to a file."""

    def keep_stop(self, stop: Stop, inspector: Inspector) -> None: ...


class House(Protocol):
    """What all runs share at a stop."""

    @property
    def desk(self) -> Desk: ...
    @property
    def out(self) -> Leaves: ...
    @property
    def failures(self) -> Failures: ...
    @property
    def options(self) -> SessionOptions: ...
    @property
    def runs(self) -> KnownRuns: ...
    @property
    def hits(self) -> Hits: ...
    @property
    def recording(self) -> KeepsStops: ...
    @property
    def lines(self) -> Follows: ...
    def tell(self, event: Event) -> None: ...
    def inspector(self, run: SeenRun | None) -> Inspector: ...
