"""What a run finds on its clock while it follows a log: above all, its cancel scopes.

Owns: `ReplayedClock`.
Does not own: the log (log_place), when scopes look (_trio_internals.scopes), what the program reads
(given_times).

In a replay the clock stands still, some milliseconds earlier than the clock of the logged run.  So
it cannot say whether a deadline has already passed when its scope is entered, or when code asks
whether the scope is cancelled.  The log says it: it lists the looks of each step at which a
deadline had passed.  At all other looks, it had not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import patches, runs, scopes, tasks
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import math
from stepdbg.model.uncontrolled import Uncontrolled

from .given_times import GivenTimes
from .log_place import LogPlace, ReplayedRun

if TYPE_CHECKING:
    from stepdbg.engine.process.clock import HeldClock
    from stepdbg.model.clock_reads import ClockReads


class _Within(NamedTuple):
    """A deadline that passes in the step of another task.

    number: of the task that has entered the scope.
    which: see `Turn`.
    expected: what to say if it does not pass.
    """

    number: int | None
    which: int | None
    expected: str


class ReplayedClock:
    """Answers when one run, or a cancel scope of it, looks at the clock.

    Args:
        run: the run, which is about to begin.
        reads: what the program has read in the logged run; None if that is not known.
    """

    def __init__(self, run: ReplayedRun, reads: ClockReads | None) -> None:
        self._run = run
        self._given = GivenTimes(run, reads)
        self._task: Task | None = None
        self._passed: Sequence[int] = ()
        self._count = 0
        # Deadlines of other tasks: those that pass in the next step, and those that pass in the
        # step under way and have not passed yet.
        self._coming: list[_Within] = []
        self._within: list[_Within] = []
        self._restore: Callable[[], None] | None = None
        self._failed: Callable[[BaseException], None]

    def begin(self, clock: HeldClock, failed: Callable[[BaseException], None]) -> float:
        """Answer for the clock from now on, and return the time at which the run begins.

        clock: that of the run, which stands still.
        failed: called with an exception of stepdbg.
        """
        self._failed = failed
        self._restore = patches.answer_looks(self._run.runner, self._answer)
        return self._given.begin(clock)

    def end(self) -> None:
        """Let the clock answer again."""
        restore, self._restore, self._task = self._restore, None, None
        self._given.end()
        if restore is not None:
            restore()

    def holds(self, kind: Uncontrolled) -> bool:
        """Whether the replay has this kind of thing, which a line of text does not control."""
        return kind is Uncontrolled.CLOCK and self._given.known

    def passes_within(self, number: int | None, which: int | None, expected: str) -> None:
        """Let a deadline pass in the next step, which finds that it is due.

        number: of the task that has entered the scope.
        which: see `Turn`.
        expected: what `missed` returns if it does not pass.
        """
        self._coming.append(_Within(number, which, expected))

    def step_begins(self, task: Task, place: LogPlace) -> None:
        """Take note of a task that is about to step.  place: after this step."""
        self._given.step_begins(task, place.steps)
        self._task, self._passed, self._count = task, place.looks, 0
        self._within, self._coming = self._coming, []

    def missed(self) -> str:
        """What was expected of a deadline that has not passed in the last step; empty for none."""
        left, self._within = self._within, []
        return left[0].expected if left else ""

    def _answer(self, now: float, frame: FrameType) -> float:
        """Answer for the clock: past all deadlines if the log says so of this look, else before."""
        try:
            if self._run.held is not None:
                return now  # typed at the prompt
            task = runs.current_task()
            in_step = task is not None and task is self._task
            counts = task is not None and in_step and scopes.is_in_order(frame, task)
            self._count += counts
            look = scopes.look_of(frame)
            if look is None or (look in scopes.OWN_LOOKS and not in_step):
                return now  # no schedule is about the steps of Trio's own tasks
            passed = counts and self._count in self._passed
            if self._within and in_step and not counts:
                passed = self._passes_within(scopes.asking(frame))
        except BaseException as error:  # the program is the caller
            self._failed(error)
            return now
        return math.inf if passed else -math.inf

    def _passes_within(self, scope: runs.CancelScope) -> bool:
        """Whether the log says that this deadline passes now; it says so only once."""
        owner = scopes.oldest_under(scope)
        if owner is None or scopes.deadline(scope) == math.inf:
            return False
        number, which = tasks.number(owner), scopes.timed_around(owner).index(scope)
        for each in self._within:
            if each.number == number and each.which in (None, which):
                self._within.remove(each)
                return True
        return False
