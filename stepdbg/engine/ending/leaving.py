"""What the end of debugging needs from a run, and from what all runs share.

Owns: protocols; imported only for types, because making one takes time.
Does not own: the runs and the session (running).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Sized
from typing import Protocol

from stepdbg.engine.recording.origins import Origins
from stepdbg.engine.waiting.views import BlockedRun
from stepdbg.model.protocols import FrontEnd
from stepdbg.model.stops import Event

from .ways_out import WaysOut


class Fork(Protocol):
    """The one prompt of the process."""

    def forked(self, nobody: FrontEnd) -> None: ...


class ForkedRun(Protocol):
    """A run that was under way when the process was forked."""

    def leave(self) -> None: ...


class ForkedRuns(Protocol):
    """The runs of the process."""

    def forked(self) -> Sequence[ForkedRun]: ...


class ForkedSession(Protocol):
    """The parts of a session that a forked child takes apart."""

    @property
    def desk(self) -> Fork: ...
    @property
    def out(self) -> WaysOut: ...
    @property
    def runs(self) -> ForkedRuns: ...
    def uninstall(self) -> None: ...


class SessionWithChildren(Protocol):
    """What all runs share, in a process that starts others."""

    @property
    def out(self) -> WaysOut: ...
    @property
    def runs(self) -> Sized: ...
    def tell(self, event: Event) -> None: ...


class RunToEnd(Protocol):
    """What is needed from a run to end debugging it."""

    def quit(self, leaving: BaseException | None = None) -> None: ...
    def leave(self) -> None: ...
    def call_here(self, work: Callable[[], None]) -> None: ...


class RunsToEnd(Protocol):
    """The runs of the process."""

    def active(self) -> Iterable[RunToEnd]: ...
    def of_thread(self) -> RunToEnd | None: ...


class EndingRun(BlockedRun, Protocol):
    """A run that was quit and has not ended."""

    @property
    def origins(self) -> Origins: ...
    def fail(self, error: BaseException) -> None: ...
