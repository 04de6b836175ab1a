"""The parts of a run that are needed to trace it.

Owns: a protocol; imported only for types.  Does not own: the runs (running).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from stepdbg.engine.cancelling.entered import ScopedRun
from stepdbg.engine.recording.recorded import MayStand, Recorded
from stepdbg.model.facts import RunId


class TraceableRun(Recorded, ScopedRun, Protocol):
    """A run that has not ended, as far as its trace uses it."""

    @property
    def id(self) -> RunId: ...
    @property
    def hold(self) -> MayStand: ...
    @property
    def still(self) -> Callable[[], AbstractContextManager[None]]: ...
    def fail(self, error: BaseException) -> None: ...
