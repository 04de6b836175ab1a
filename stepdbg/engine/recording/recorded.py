"""The parts of a run that are needed to record it, and to read what was recorded.

Owns: protocols; imported only for types, because making one takes time.
Does not own: the runs and the session (running).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType
from typing import Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.recording import Note, RecordingHook

from .life import RunLife
from .origins import Origins
from .recorder import Mark, Recorder
from .registry import Registry
from .step_log import StepLog


class Wishes(Protocol):
    """The features that need notes."""

    @property
    def wants_recorder(self) -> bool: ...


class Prompt(Protocol):
    """The one prompt of the process, as far as recording uses it."""

    @property
    def front_end(self) -> Wishes: ...


class Hooks(Protocol):
    """The hooks that a run carries, which change when a feature is switched on or off."""

    def arrange(self) -> None: ...


class RecordedRun(Protocol):
    """A run that has not ended, as far as the recorder uses it."""

    @property
    def carried(self) -> Hooks: ...
    @property
    def recorder(self) -> Recorder | None: ...
    def call_here(self, work: Callable[[], None]) -> None: ...


class RecordedRuns(Protocol):
    """The runs of the process."""

    def active(self) -> Sequence[RecordedRun]: ...


class Recordable(Protocol):
    """The parts of a run that are needed to record it."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def origins(self) -> Origins: ...
    @property
    def hold(self) -> MayStand: ...
    def steps(self) -> StepLog: ...
    def fail(self, error: BaseException) -> None: ...


class Recorded(Protocol):
    """The parts of a run that are needed to read what was recorded."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def life(self) -> RunLife: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def recorder(self) -> Recorder | None: ...


class Listener(Protocol):
    """Gets each note when it is made."""

    def after(self, keep: Callable[[Note], None]) -> Callable[[Note], None]:
        """Return a function that passes a note to `keep`, and then takes it."""

    @property
    def take_start(self) -> Callable[[Note], None] | None:
        """Takes a note about the beginning of a step; None if the listener does not need it."""

    def take_all(self) -> float:
        """Process the notes so far, because time stands still now, or because a step may hang.

        Returns the moment of `perf_counter` from which on it should be called again.
        """

    def marked(self, mark: Mark) -> None:
        """Note that program time was held or changed, and how it goes on."""


class StandsAt(Protocol):
    """The stop at which a run is held."""

    @property
    def task(self) -> Task | None: ...
    @property
    def frame(self) -> FrameType | None: ...


class MayStand(Protocol):
    """Knows whether the time of a run stands still, and since when, from `perf_counter`."""

    @property
    def held(self) -> StandsAt | None: ...
    @property
    def stands(self) -> bool: ...
    @property
    def since(self) -> float: ...


class Counted(Recorded, Protocol):
    """The parts of a run that are needed for the sums of its tasks."""

    @property
    def hold(self) -> MayStand: ...


class Hears(Protocol):
    """The listeners that get the notes of a recorder when they are made."""

    def add(self, listener: Listener) -> None: ...
    def remove(self, listener: Listener) -> None: ...
    def take_all(self) -> None: ...
    def marked(self, mark: Mark) -> None: ...
    def hear_starts(self, hook: RecordingHook) -> None: ...
    def besides(self, keep: Callable[[Note], None]) -> Callable[[Note], None]: ...
