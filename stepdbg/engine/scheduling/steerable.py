"""What is needed from a run to decide which task steps next in it.

Owns: protocols.  Thanks to them, nothing here knows the whole run.  Does not own: the run itself
(running).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs

if TYPE_CHECKING:
    from stepdbg.engine.recording.recorder import Recorder
    from stepdbg.engine.recording.registry import Registry
    from stepdbg.model.task import RunState

    from .state import Steered


class Arranges(Protocol):
    """The hooks that a run carries."""

    def arrange(self) -> None: ...
    def look_again(self) -> None: ...
    def consider(self, task: Task) -> None: ...


class SteeredRun(Protocol):
    """A run for whose steps the user gives orders."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def recorder(self) -> Recorder | None: ...
    @property
    def carried(self) -> Arranges: ...
    def loop_frame(self) -> FrameType | None: ...


class ScheduledRun(SteeredRun, Protocol):
    """A run in which the user chooses which task steps."""

    @property
    def registry(self) -> Registry: ...
    @property
    def steered(self) -> Steered: ...


class HoldingRun(ScheduledRun, Protocol):
    """A run in which tasks are held."""

    @property
    def quitting(self) -> bool: ...
    @property
    def state(self) -> RunState: ...
    def fail(self, error: BaseException) -> None: ...
