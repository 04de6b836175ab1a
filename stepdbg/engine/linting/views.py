"""The parts of runs that lints read.

Owns: protocols, so that no lint depends on the whole run.  Does not own: the runs (running).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.model.task import RunState

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from stepdbg.engine.recording.life import RunLife
    from stepdbg.engine.recording.registry import Registry

    from .looking import LintSearch


class NamedTasks(Protocol):
    """The part of a run that every lint needs to name its task."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def life(self) -> RunLife: ...
    @property
    def quitting(self) -> bool: ...
    @property
    def still(self) -> Callable[[], AbstractContextManager[None]]: ...


class SteppedRun(NamedTasks, Protocol):
    """The parts of a run that the hook for steps needs."""

    def live_frames(self, task: Task) -> list[FrameType]: ...
    def fail(self, error: BaseException) -> None: ...


class Hooks(Protocol):
    """The hooks that a run carries."""

    def arrange(self) -> None: ...


class LintedRun(NamedTasks, Protocol):
    """The parts of a run that a look at its tasks needs."""

    @property
    def state(self) -> RunState: ...
    @property
    def lint_search(self) -> LintSearch: ...
    @property
    def carried(self) -> Hooks: ...
    def call_here(self, work: Callable[[], None]) -> None: ...


class LintedRuns(Protocol):
    """The runs of the process."""

    def active(self) -> Iterable[LintedRun]: ...
    def of_runner(self, runner: runs.Runner) -> LintedRun | None: ...
    def of_thread(self) -> LintedRun | None: ...
