"""The parts of a run that are needed to find the states and waits of its tasks.

Owns: protocols, so that no reader depends on the whole run.  Does not own: the run (running).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.model.facts import ScopeNumber

if TYPE_CHECKING:
    from stepdbg.engine.cancelling.happening import Happening
    from stepdbg.engine.failing.exception_view import ExceptionView
    from stepdbg.engine.failing.failed_frames import FailedFrames
    from stepdbg.engine.histories.reading import HistoryReader
    from stepdbg.engine.recording.life import RunLife
    from stepdbg.engine.recording.recorder import Recorder
    from stepdbg.engine.recording.registry import Registry
    from stepdbg.model.stops import StopKind


class HeldTask(Protocol):
    """The stop at which a run is held."""

    @property
    def kind(self) -> StopKind: ...
    @property
    def task(self) -> Task | None: ...
    @property
    def frame(self) -> FrameType | None: ...
    @property
    def failed(self) -> FailedFrames | None: ...
    @property
    def exceptions(self) -> ExceptionView | None: ...
    @property
    def cancelled(self) -> Happening | None: ...
    def failed_frames_of(self, task: Task | None) -> FailedFrames | None: ...


class Steered(Protocol):
    """How the user has steered the run."""

    def is_held(self, task: Task) -> bool: ...


class TaskView(Protocol):
    """The parts of a run that are needed to find the state of a task."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def recorder(self) -> Recorder | None: ...
    @property
    def held(self) -> HeldTask | None: ...
    @property
    def steered(self) -> Steered: ...
    def scope_number(self, scope: runs.CancelScope) -> ScopeNumber: ...
    def live_frames(self, task: Task) -> list[FrameType]: ...
    def history_reader(self) -> HistoryReader: ...


class BlockedRun(TaskView, Protocol):
    """The parts of a run that are needed to find what its tasks wait for."""

    @property
    def life(self) -> RunLife: ...
