"""Deadlines that pass although tasks can step: those tasks step late.

Owns: `Lateness`, and who decides: `by_chance`, `by_chooser`, `as_before`.
Does not own: the clock and the run (explored), who steps (choosers).

A deadline may pass before a task that can step has done so, as it does where the processor is
busy.  The next deadline is always the one that passes, and it passes only while no task that can
step has waited too long for its step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from trio.lowlevel import Task

from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import Moment

from .choosers import Chooser

Decides = Callable[[Sequence[LogicalId]], bool]
"""Given who has stepped so far: whether the next deadline passes now."""

_RATES = (0.02, 0.1, 0.3, 0.6)
"""How likely a deadline passes at each step; a program may have few steps or many."""

_ROUNDING = 1e-9
"""Seconds."""


class Lateness:
    """When deadlines pass in one run although tasks can step.

    Args:
        seconds: a task steps at most so late.
        decides: is asked where a deadline may pass.

    Attributes:
        fired: for each deadline that passed early, the step before it; None for the beginning.
        needed: so many seconds late a step was at most.
    """

    def __init__(self, seconds: float, decides: Decides) -> None:
        self.fired: list[Moment | None] = []
        self.needed = 0.0
        self._seconds, self._decides = seconds, decides
        self._since: dict[Task, float] = {}

    def passes(
        self, deadline: float, now: float, ready: Sequence[Task], log: Sequence[LogicalId]
    ) -> bool:
        """Whether the next deadline passes now, which lies in the future.

        Args:
            deadline, now: in seconds of the run's clock.
            ready: the tasks that can step.
            log: who has stepped.
        """
        since = [self._since.setdefault(task, now) for task in ready]
        late = deadline - min(since, default=-1.0)
        if not since or late > self._seconds + _ROUNDING or not self._decides(log):
            return False
        self.fired.append(Moment(log[-1], log.count(log[-1])) if log else None)
        self.needed = max(self.needed, late)
        return True

    def stepped(self, task: Task) -> None:
        """A task steps now."""
        self._since.pop(task, None)


def by_chance(seed: int, number: int) -> Decides:
    """Decides at random, for the schedule of a number; never in the first one."""
    random = Random(seed * 1_000_003 + number)
    rate = 0.0 if number == 0 else random.choice(_RATES)
    return lambda _: random.random() < rate


def by_chooser(chooser: Chooser, otherwise: Decides) -> Decides:
    """A chooser decides, in the schedules in which it does that.

    Args:
        chooser: see `Chooser.decides_deadlines`.
        otherwise: decides in the others.
    """
    no_or_yes = (LogicalId("loop"), LogicalId("loop"))

    def decides(log: Sequence[LogicalId]) -> bool:
        if chooser.decides_deadlines:
            return bool(chooser.choose(no_or_yes))
        return otherwise(log)

    return decides


def as_before(fired: Sequence[Moment | None]) -> Decides:
    """Deadlines pass as they did: each once the step has been taken that was before it.

    fired: see `Lateness`.
    """
    steps: Counter[LogicalId] = Counter()
    left = list(fired)
    seen = 0

    def decides(log: Sequence[LogicalId]) -> bool:
        nonlocal seen
        steps.update(log[seen:])
        seen = len(log)
        if not left or (left[0] is not None and steps[left[0].task] < left[0].nth):
            return False
        del left[0]
        return True

    return decides


def lateness_of(seconds: float, chooser: Chooser, seed: int, number: int) -> Lateness | None:
    """What goes with the schedule of a number; None where no task is to step late."""
    if not seconds:
        return None
    return Lateness(seconds, by_chooser(chooser, by_chance(seed, number)))
