"""A trace: what a run does, told as it happens.

Owns: `Told`, one line of it as the engine hands it over, and the protocol of what takes it.
Does not own: noticing it (engine.tracing), the words (render.trace), or files (launcher).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .facts import RunId
from .history import LogEntry
from .records import replace

Told = tuple[LogEntry, float, int, float | None, int]
"""One thing that has happened.

A plain tuple, since a program that passes checkpoints makes half a million of them a second: what
it has in common with others, as an entry (the very same object for each of them, so that its words
need to be found only once); program seconds since the start of the run; the number of the step, 0
for none; how long that took, None for what takes no time; under how many nurseries of other tasks
the task lives.
"""


def entry_of(told: Told) -> LogEntry:
    """All of it as an entry of a log, except how deep the task lives."""
    like, time, step, seconds, _ = told
    return replace(like, time=time, step=step, seconds=seconds)


class TraceSink(Protocol):
    """Takes the lines of a trace."""

    @property
    def can_wait(self) -> bool:
        """Whether several may be written together, before the loop waits: nobody looks on."""

    def write(self, run: RunId, told: Sequence[Told]) -> None:
        """Take what has happened, in order; called on the thread of the run."""
