"""A trace: what a run does, shown as it happens.

Owns: `TraceEntry`, one line of a trace from the engine, and the protocol of what takes it.
Does not own: noticing it (engine.tracing), the words (render.trace), or files (launcher).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .facts import RunId
from .history import LogEntry
from .records import replace

TraceEntry = tuple[LogEntry, float, int, float | None, int]
"""One thing that has happened.

It is a plain tuple, because a program that passes checkpoints makes half a million a second.  Its
items are: an entry with what it has in common with others (the same object for all of them, so that
its words are made only once); program seconds since the start of the run; the number of the step, 0
for none; how long that took, None for what takes no time; and under how many nurseries of other
tasks the task lives.
"""


def entry_of(entry: TraceEntry) -> LogEntry:
    """Make a log entry of it, with everything except how deep the task lives."""
    like, time, step, seconds, _ = entry
    return replace(like, time=time, step=step, seconds=seconds)


class TraceSink(Protocol):
    """Takes the lines of a trace."""

    @property
    def can_wait(self) -> bool:
        """Whether lines may be written together before the loop waits, as nobody watches them."""

    def write(self, run: RunId, entries: Sequence[TraceEntry]) -> None:
        """Write what has happened, in order; called on the thread of the run."""
