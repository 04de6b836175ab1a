"""What is needed of a run to trace it.

Owns: a protocol; imported only for types.  Does not own: the runs (running).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from stepdbg._trio_internals import runs
from stepdbg.engine.recording.life import RunLife
from stepdbg.engine.recording.recorder import Recorder
from stepdbg.engine.recording.registry import Registry
from stepdbg.model.facts import RunId


class TraceableRun(Protocol):
    """A run under way."""

    @property
    def id(self) -> RunId: ...
    @property
    def runner(self) -> runs.Runner: ...
    @property
    def life(self) -> RunLife: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def recorder(self) -> Recorder | None: ...
    @property
    def still(self) -> Callable[[], AbstractContextManager[None]]: ...
    def fail(self, error: BaseException) -> None: ...
