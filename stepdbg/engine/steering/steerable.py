"""What steering needs from a run, and from what all runs share.

Owns: protocols.  Thanks to them, nothing here knows the whole run or the session.
Does not own: those two (running).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from stepdbg.engine.scheduling.steerable import Arranges
from stepdbg.engine.seeing.seen import Home, SeenRuns
from stepdbg.engine.stopping.house import Carries, StoppableRun
from stepdbg.model.stops import Event

if TYPE_CHECKING:
    from stepdbg.engine.scheduling.state import Steered
    from stepdbg.engine.stopping.held import Desk, Held
    from stepdbg.engine.typed.evaluator import Evaluator


class Hooks(Carries, Arranges, Protocol):
    """The hooks that a run carries."""


class SteerableRun(StoppableRun, Protocol):
    """A run that can be held and steered."""

    @property
    def held(self) -> Held | None: ...
    @property
    def steered(self) -> Steered: ...
    @property
    def carried(self) -> Hooks: ...
    def tell(self, event: Event) -> None: ...


class SteerableRuns(SeenRuns, Protocol):
    """The runs of the process."""

    def active(self) -> Sequence[SteerableRun]: ...
    def asked(self, held: Held | None) -> SteerableRun | None: ...


class SteeringHouse(Home, Protocol):
    """The parts of a session that steering uses."""

    @property
    def desk(self) -> Desk: ...
    @property
    def runs(self) -> SteerableRuns: ...
    @property
    def evaluator(self) -> Evaluator: ...
    def tell(self, event: Event) -> None: ...
