"""What is proven about tasks that wait for one another, or for something that no task will do.

Owns: `Verdict` and `Judge`, the only place that makes one: every statement about a deadlock, at a
stop or by a command, comes from here.
Does not own: which tasks are stuck (stuck), who could cancel them (stoppers).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import FrameType

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, waits
from stepdbg.model.records import dataclass
from stepdbg.model.standard import math
from stepdbg.model.waits import Claim

from . import stoppers as _stoppers
from .stoppers import Stopper
from .stuck import Stuck


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is proven about some tasks.

    stoppers: the tasks that could cancel them, if only that helps.
    deadline: the first deadline that helps, in the clock's seconds, with its task; None without.
    """

    claim: Claim
    stoppers: tuple[Stopper, ...] = ()
    deadline: tuple[float, Task] | None = None


class Judge:
    """Decides what is proven about the tasks of a run, at one moment.

    Args:
        runner: the runner of the run.
        live_frames: returns the frames of a task.
        stuck: the tasks that cannot go on by themselves.  The caller must not hold the scopes
            around them.

    Attributes:
        whole: whether nothing at all could let the run go on.
    """

    def __init__(
        self,
        runner: runs.Runner,
        live_frames: Callable[[Task], list[FrameType]],
        stuck: Stuck,
    ) -> None:
        self.whole = False
        self._stuck = stuck
        self._stoppers = _stoppers.Stoppers(runner, live_frames, stuck.for_good)
        self._can_be_stopped = bool(stuck.for_good) and self._stoppers.exist()

    def of(self, some: Collection[Task]) -> Verdict | None:
        """The verdict about tasks that wait for one another; None if nothing is proven.

        Args:
            some: tasks that no other task could let go on, as far as variables show.
        """
        if self.whole:
            return Verdict(Claim.DEADLOCK)
        if any(map(scopes.task_is_cancelled, some)):
            return None
        if self._stuck.for_good.keys() >= set(some):
            return self._of_stuck(some)
        timed = [(waits.soonest_deadline(task), task) for task in some]
        first = min(timed, key=lambda each: each[0])
        if not math.isinf(first[0]):
            known = self._stuck.till_deadline.keys() >= set(some)
            return Verdict(Claim.UNTIL_DEADLINE, deadline=first) if known else None
        return Verdict(Claim.UNLESS)

    def _of_stuck(self, some: Collection[Task]) -> Verdict:
        if not self._can_be_stopped:
            return Verdict(Claim.DEADLOCK)
        return Verdict(Claim.UNTIL_CANCELLED, tuple(self._stoppers.of(some)))
