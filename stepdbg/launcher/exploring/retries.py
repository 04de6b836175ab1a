"""One failure, tried again and again, each time in a new process.

Owns: `RepeatCheck`; `Tries`, which runs schedules; `Packed`, what comes of one.
Does not own: what is tried (explaining, pairs), forks (search).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.explored import MOST_STEPS
from stepdbg.engine.exploring.lateness import Lateness, as_before
from stepdbg.engine.exploring.step_notes import StepNotes
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import Moment
from stepdbg.model.standard import time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepdbg.engine.exploring.choosers import Chooser

_TRIES = 200
"""So many tries for each way to describe how a schedule differs, and for finding two steps."""

_SECONDS = 10.0
"""At most so long for reducing the schedule, and again for finding the two steps.  Only slow runs
need that long."""

_LIVELOCK_AFTER = (10, 50, 250, 1_000, 4_000)
"""A livelock is looked for after so many steps, until one of these finds it."""

Packed = dict[str, Any]
"""What another process sends about a schedule, see `trials.packed`."""


class Tries(Protocol):
    """Runs schedules in other processes."""

    def once(
        self,
        chooser: Chooser,
        late: Lateness | None,
        step_notes: StepNotes | None = None,
        *,
        text: bool = False,
        most: int = MOST_STEPS,
    ) -> Packed | None:
        """What comes of one schedule; None if its process has not ended as it should.

        step_notes: notes more of each step, if the answer must include that.
        text: whether the answer includes the text of its failure.
        most: see `try_once`.
        """

    def up_to_fault(
        self,
        chooser: Chooser,
        first: int,
        last: int,
        late: float,
        until: float,
        most: int = MOST_STEPS,
    ) -> tuple[int, Packed | None]:
        """Try the schedules with some numbers, up to one that fails.

        Args:
            chooser: chooses the order for each number.
            first, last: the numbers are those from `first` up to, not including, `last`.
            late: how many seconds late a step may be.
            until: no schedule begins after this moment of `time.monotonic`.
            most: see `try_once`.

        Returns:
            The number with which to go on, and what came of the schedule before that one; None in
            its place if none has failed, and more tries would tell nothing new.
        """


class RepeatCheck:
    """Tries whether a failure happens again.

    Args:
        key: the key of the failure.
        tries: runs schedules.

    Attributes:
        late: how many seconds late a step may be.
        until: the time ends at this moment of `time.monotonic`.
        most: see `try_once`.
    """

    def __init__(self, key: str, tries: Tries) -> None:
        self.late, self.most = 0.0, MOST_STEPS
        self._key, self._tries = key, tries
        self._fired: tuple[Moment | None, ...] = ()
        self.until, self._left = 0.0, 0

    def begin(self, parts: int = 1) -> None:
        """Allow new tries and new time.  parts: the time is divided by this number."""
        self.renew()
        self.until = time.monotonic() + _SECONDS / parts

    def renew(self) -> None:
        """Allow new tries in the time that is left."""
        self._left = _TRIES

    def is_over(self) -> bool:
        """Whether no try is left, or no time."""
        return self._left <= 0 or time.monotonic() > self.until

    def again(
        self, failed: Packed, late: float | None = None, *, text: bool = False
    ) -> Packed | None:
        """Run the same schedule once more; None if it does not fail.

        Args:
            failed: the schedule.
            late: how many seconds late a step may be; None for what it was in the schedule.
            text: see `Tries.once`.
        """
        self.as_in(failed, late)
        tried = self.run(Following(ids_of(failed["log"])), text=text)
        return tried if self.fails(tried) else None

    def shorter(self, failed: Packed) -> Packed:
        """The same livelock, looked for after as few steps as find it."""
        if not self._key.startswith("livelock "):
            return failed
        for most in _LIVELOCK_AFTER:
            self.most = most
            tried = self.again(failed)
            if tried is not None:
                return tried
        self.most = MOST_STEPS
        return failed

    def run(self, chooser: Chooser, *, text: bool = False) -> Packed | None:
        """What comes of a chooser's order, with the same deadlines passing early.

        text: see `Tries.once`.
        """
        return self._tries.once(chooser, self.lateness(), text=text, most=self.most)

    def lateness(self) -> Lateness | None:
        """What lets the same deadlines pass early; None if none did."""
        return Lateness(self.late, as_before(self._fired)) if self._fired else None

    def as_in(self, tried: Packed, late: float | None = None) -> None:
        """From now on, let the deadlines of a schedule pass early, with steps at most so late."""
        self._fired = fired_of(tried)
        self.late = tried["late"] if late is None else late

    def fails(self, tried: Packed | None) -> bool:
        """Whether a schedule has this failure."""
        return tried is not None and tried["fault"] is not None and tried["fault"][0] == self._key

    def attempt(self, chooser: Chooser) -> Packed | None:
        """What comes of a chooser's order; None if it does not fail, or no try is left."""
        if self.is_over():
            return None
        self._left -= 1
        tried = self.run(chooser)
        return tried if self.fails(tried) else None

    def seen(self, log: tuple[LogicalId, ...]) -> Packed | None:
        """Run the schedule once more and look at its steps; None if the run goes differently."""
        for touches in (True, False):
            step_notes = StepNotes(touches=touches)
            seen = self._tries.once(Following(log), self.lateness(), step_notes, most=self.most)
            if seen is not None and self.fails(seen) and ids_of(seen["log"]) == log:
                return seen
        return None

    def follows(self, order: Sequence[LogicalId], steps: int) -> bool | None:
        """Whether an order fails; None if the run does not follow so many steps of it.

        None as well if no try is left.
        """
        if self.is_over():
            return None
        self._left -= 1
        tried = self.run(Following(order))
        if tried is None or ids_of(tried["log"])[:steps] != tuple(order[:steps]):
            return None
        return self.fails(tried)


def ids_of(said: Sequence[Any]) -> tuple[LogicalId, ...]:
    """Logical ids that another process has sent."""
    return tuple(LogicalId(root, path) for root, path in said)


def fired_of(tried: Packed) -> tuple[Moment | None, ...]:
    """The deadlines that passed early, see `Lateness.fired`."""
    return tuple(each and Moment(LogicalId(*each[0]), each[1]) for each in tried["fired"])
