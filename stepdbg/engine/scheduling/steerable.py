"""What is needed of a run to decide who steps next in it.

Owns: protocols, so that nothing here knows the whole run.  Does not own: the run itself (running).
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
    """A run whose steps are laid down."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def recorder(self) -> Recorder | None: ...
    @property
    def carried(self) -> Arranges: ...
    def loop_frame(self) -> FrameType | None: ...


class ScheduledRun(SteeredRun, Protocol):
    """A run in which the user chooses who steps."""

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
