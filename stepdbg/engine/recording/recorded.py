"""What is needed of a run to record it, and to read what was recorded.

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
    """What wants to know what is recorded."""

    @property
    def wants_recorder(self) -> bool: ...


class Prompt(Protocol):
    """The one prompt of the process, as far as recording asks it."""

    @property
    def front_end(self) -> Wishes: ...


class Hooks(Protocol):
    """The hooks that a run carries: they are put on or taken off when something changes."""

    def arrange(self) -> None: ...


class RecordedRun(Protocol):
    """A run that has not ended, as far as the recorder asks it."""

    @property
    def carried(self) -> Hooks: ...
    @property
    def recorder(self) -> Recorder | None: ...
    def call_here(self, work: Callable[[], None]) -> None: ...


class RecordedRuns(Protocol):
    """The runs of the process."""

    def active(self) -> Sequence[RecordedRun]: ...


class Recordable(Protocol):
    """What is needed of a run to record it."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def origins(self) -> Origins: ...
    @property
    def hold(self) -> MayStand: ...
    def steps(self) -> StepLog: ...
    def fail(self, error: BaseException) -> None: ...


class Recorded(Protocol):
    """What is read of a run here."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def life(self) -> RunLife: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def recorder(self) -> Recorder | None: ...


class Listener(Protocol):
    """Is given notes as they are made."""

    def after(self, keep: Callable[[Note], None]) -> Callable[[Note], None]:
        """A function that gives a note to `keep`, and takes it then."""

    @property
    def take_start(self) -> Callable[[Note], None] | None:
        """Takes a note of a step that begins; None: nobody wants it."""

    def take_all(self) -> float:
        """Work through the notes so far, since time stands still now, or a step may hang.

        Gives the moment of `perf_counter` from which it had better be done again.
        """

    def marked(self, mark: Mark) -> None:
        """Program time was held or changed, and goes on like this."""


class StandsAt(Protocol):
    """The stop at which a run is held."""

    @property
    def task(self) -> Task | None: ...
    @property
    def frame(self) -> FrameType | None: ...


class MayStand(Protocol):
    """Knows whether the time of a run stands still, and since when, by `perf_counter`."""

    @property
    def held(self) -> StandsAt | None: ...
    @property
    def stands(self) -> bool: ...
    @property
    def since(self) -> float: ...


class Counted(Recorded, Protocol):
    """What is read of a run to tell what its tasks have done in all."""

    @property
    def hold(self) -> MayStand: ...


class Hears(Protocol):
    """Those that are given the notes of a recorder as they are made."""

    def add(self, listener: Listener) -> None: ...
    def remove(self, listener: Listener) -> None: ...
    def take_all(self) -> None: ...
    def marked(self, mark: Mark) -> None: ...
    def hear_starts(self, hook: RecordingHook) -> None: ...
    def besides(self, keep: Callable[[Note], None]) -> Callable[[Note], None]: ...
