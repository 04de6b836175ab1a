"""What a run that follows a log reads on its clock.

Owns: `GivenTimes`.
Does not own: the reads (model.clock_reads), what scopes find on the clock (replayed_clock).

Each step gets the times that it has read in the logged run.  The others come from the clock, which
stands still within a step.  A step that waits for the time to go by would never end in this way, so
after many such reads the clock moves on.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import clock_reads, recording, runs
from stepdbg.engine.process.guard import settle
from stepdbg.model.clock_reads import ClockReads

from .log_place import ReplayedRun

if TYPE_CHECKING:
    from stepdbg.engine.process.clock import HeldClock

_PATIENT, _MOVE = 1000, 0.001
"""After how many reads in one step the clock moves on, and by how many seconds at each one more."""


class GivenTimes:
    """Answers the reads of one run.

    Args:
        run: the run, which is about to begin.
        reads: those of the logged run; None if they are not known.

    Attributes:
        known: whether they are known.
    """

    def __init__(self, run: ReplayedRun, reads: ClockReads | None) -> None:
        self.known = reads is not None
        self._run = run
        self._reads = reads or ClockReads(0.0, array("I"), array("d"))
        self._next = 0
        self._task: Task | None = None
        self._ended = self._own = 0
        self._clock: HeldClock | None = None
        self._restore: Callable[[], None] = recording.ignore

    def begin(self, clock: HeldClock) -> float:
        """Answer from now on, and return the time at which the run begins.

        clock: that of the run, which stands still.
        """
        begun = clock.current_time()
        if self.known:
            clock.jump(self._reads.begun - begun)
            clock.jump(self._reads.begun - clock.current_time())  # the first sum is rounded
            begun = self._reads.begun
        self._clock = clock
        self._restore = clock_reads.answer_reads(self._run.runner, self._answer)
        return begun

    def end(self) -> None:
        """Let the clock answer again."""
        restore, self._restore, self._task = self._restore, recording.ignore, None
        restore()

    def step_begins(self, task: Task, number: int) -> None:
        """Take note of a task that is about to step.  number: of that step, from 1."""
        self._task, self._ended, self._own = task, number - 1, 0
        reads, at = self._reads.steps, self._next
        while at < len(reads) and reads[at] < self._ended:  # the run has read less than before
            at += 1
        self._next = at

    def _answer(self, now: float) -> float:
        try:
            return self._given(now)
        except Exception as error:  # the program is the caller, and must not get it
            settle(error, "giving the times of a logged run")
            return now

    def _given(self, now: float) -> float:
        clock = self._clock
        if clock is None or self._run.held is not None or runs.current_task() is not self._task:
            return now
        steps, times = self._reads.steps, self._reads.times
        at = self._next
        if at < len(times) and steps[at] == self._ended:
            self._next = at + 1
            if times[at] > now:
                clock.jump(times[at] - now)
            return times[at]
        self._own += 1
        if self._own > _PATIENT:
            clock.jump(_MOVE)
        return clock.current_time()
