"""Deadlines that pass although tasks can step: those tasks step late.

Owns: `Lateness`; `passes_early`; and what decides: `by_chance`, `by_chooser`, `as_before`.
Does not own: the clock and the run (explored), which task steps (choosers).

A deadline may pass before a task that can step has done so, as happens on a busy processor.  Only
the next deadline can pass, and only if no task that can step has then waited too long for its step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import Moment
from stepdbg.model.standard import math

from .choosers import Chooser

Decides = Callable[[Sequence[LogicalId]], bool]
"""Says, from the steps so far, whether the next deadline passes now."""

_RATES = (0.02, 0.1, 0.3, 0.6)
"""How likely a deadline passes at each step; there are several, for programs of few or many
steps."""

_ROUNDING = 1e-9
"""Seconds by which floats may be off."""


class Lateness:
    """When deadlines pass in one run although tasks can step.

    Args:
        seconds: how late a task may step at most.
        decides: says whether a deadline passes that may.

    Attributes:
        fired: for each deadline that passed early, the step before it; None for the beginning.
        needed: how many seconds late the latest step was.
    """

    def __init__(self, seconds: float, decides: Decides) -> None:
        self.fired: list[Moment | None] = []
        self.needed = 0.0
        self._seconds, self._decides = seconds, decides
        self._since: dict[Task, float] = {}

    def passes(
        self, deadline: float, now: float, ready: Sequence[Task], log: Sequence[LogicalId]
    ) -> bool:
        """Whether the next deadline, which lies in the future, passes now.

        Args:
            deadline, now: in seconds of the run's clock.
            ready: the tasks that can step.
            log: the task of each step so far.
        """
        since = [self._since.setdefault(task, now) for task in ready]
        late = deadline - min(since, default=-1.0)
        if not since or late > self._seconds + _ROUNDING or not self._decides(log):
            return False
        self.fired.append(Moment(log[-1], log.count(log[-1])) if log else None)
        self.needed = max(self.needed, late)
        return True

    def stepped(self, task: Task) -> None:
        """Note that a task steps now."""
        self._since.pop(task, None)


def passes_early(
    late: Lateness | None,
    runner: runs.Runner,
    deadline: float,
    now: float,
    log: Sequence[LogicalId],
) -> bool:
    """Whether a deadline passes now although tasks can step; see `Lateness.passes`.

    late: None if no step may be late.
    """
    if late is None:
        return False
    ready = [task for task in runs.queued(runner) if not runs.is_system(runner, task)]
    return deadline < math.inf and late.passes(deadline, now, ready, log)


def by_chance(seed: int, number: int) -> Decides:
    """Decide at random, in the schedule with a number; no deadline passes early in the first."""
    random = Random(seed * 1_000_003 + number)
    rate = 0.0 if number == 0 else random.choice(_RATES)
    return lambda _: random.random() < rate


def by_chooser(chooser: Chooser, otherwise: Decides) -> Decides:
    """Let a chooser decide, in those schedules in which it decides deadlines.

    Args:
        chooser: see `Chooser.decides_deadlines`.
        otherwise: decides in the other schedules.
    """
    no_or_yes = (LogicalId("loop"), LogicalId("loop"))

    def decides(log: Sequence[LogicalId]) -> bool:
        if chooser.decides_deadlines:
            return bool(chooser.choose(no_or_yes))
        return otherwise(log)

    return decides


def as_before(fired: Sequence[Moment | None]) -> Decides:
    """Let deadlines pass as they did before: each after the step that it followed then.

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
    """The lateness in the schedule with a number; None if no task may step late."""
    if not seconds:
        return None
    return Lateness(seconds, by_chooser(chooser, by_chance(seed, number)))
