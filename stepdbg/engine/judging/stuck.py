"""Which blocked tasks can never go on.

Owns: `Blocked`, a blocked task without a reference to what it waits for; `Stuck`, and finding it.
Does not own: reading a wait (waiting), which references count (reach), the verdict (verdict).

A set of tasks is stuck if only these tasks themselves could end any of their waits.  To find the
largest such set, tasks whose wait something else could end are taken out, until nothing changes any
more.  The remaining tasks can go on only by a cancellation.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from trio.lowlevel import Task

from stepdbg._trio_internals import scopes, tasks, waits
from stepdbg.model.records import dataclass, field
from stepdbg.model.standard import math
from stepdbg.model.task import Place, WaitKind
from stepdbg.model.wait_kinds import WAITS, EndedBy

from . import reach

MOST = 300
"""How many tasks are examined together; larger sets are not searched."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A blocked task of the program, without a reference to the object that it waits for.

    key: the `id` of the object with which a task can end the wait (for a channel, of what its
        ends share).
    needs: the tasks that all must act to end the wait.
    mates: the tasks that wait for the same.
    place: where it waits.
    """

    task: Task
    kind: WaitKind
    key: int
    needs: tuple[Task, ...]
    mates: tuple[Task, ...]
    place: Place | None

    def is_timed(self) -> bool:
        """Whether a deadline will end the wait."""
        return not math.isinf(waits.soonest_deadline(self.task))

    def may_last(self) -> bool:
        """Whether no deadline and no cancellation will end the wait."""
        return not self.is_timed() and waits.cancelled_scope(self.task) is None

    def may_be_stuck(self) -> bool:
        """Whether it can be proven that no task ends the wait, except by a deadline."""
        row = WAITS[self.kind]
        known = row.counted or row.ended_by is EndedBy.ALL
        return known and not scopes.task_is_cancelled(self.task)

    def depends_on(self, stuck: Container[Task], is_held: Callable[[int], bool]) -> bool:
        """Whether only some tasks could end the wait.

        Args:
            is_held: tells whether anything except those tasks has the object with an `id`.
        """
        row = WAITS[self.kind]
        if row.counted and (is_held(self.key) or any(mate not in stuck for mate in self.mates)):
            return False
        return row.ended_by is not EndedBy.ALL or any(task in stuck for task in self.needs)


@dataclass(frozen=True, slots=True)
class Stuck:
    """Tasks that cannot go on by themselves.

    till_deadline: the tasks that can go on only when a deadline passes, or never.
    for_good: those of them that no deadline helps.
    enders: for each of these, the others that could end its wait if they went on.
    """

    till_deadline: dict[Task, Blocked] = field(default_factory=dict)
    for_good: dict[Task, Blocked] = field(default_factory=dict)
    enders: dict[Task, tuple[Task, ...]] = field(default_factory=dict)


def stuck_among(
    seen: Iterable[Blocked], others: Iterable[Task] = (), limit: int = reach.LOOKED_AT
) -> Stuck:
    """Find the tasks among some blocked ones that can never go on by themselves.

    Args:
        seen: the blocked tasks.  The caller must not hold the objects that they wait for.
        others: further tasks, whose dead variables do not count.
        limit: how many objects to examine.
    """
    left = {each.task: each for each in seen if each.may_be_stuck()}
    if not left or len(left) > MOST:
        return Stuck()
    counted = any(WAITS[each.kind].counted for each in left.values())
    around = reach.Reach(left, others, limit) if counted else reach.Reach(())
    _let_go_of_the_free(left, around)
    till_deadline = dict(left)
    for task in [task for task, each in left.items() if each.is_timed()]:
        del left[task]
        around.let_go(task)
    _let_go_of_the_free(left, around)
    return Stuck(till_deadline, left, _enders_among(left, around))


def _enders_among(stuck: dict[Task, Blocked], around: reach.Reach) -> dict[Task, tuple[Task, ...]]:
    """For each of some stuck tasks, the other stuck tasks that could end its wait."""
    counted = {each.key for each in stuck.values() if WAITS[each.kind].counted}
    holders: dict[int, list[Blocked]] = {key: [] for key in counted}
    for task, each in stuck.items():
        for key in counted & around.led_to_by(task):
            holders[key].append(each)
    enders = {}
    for task, each in stuck.items():
        here = each.kind, each.key
        having = [o.task for o in holders.get(each.key, ()) if (o.kind, o.key) != here]
        needed = [other for other in each.needs if other in stuck]
        enders[task] = tuple(needed if WAITS[each.kind].ended_by is EndedBy.ALL else having)
    return enders


def _let_go_of_the_free(left: dict[Task, Blocked], around: reach.Reach) -> None:
    """Take out tasks whose waits something else could end, until none is left."""
    while free := [t for t, each in left.items() if _is_free(each, left, around)]:
        for task in free:
            del left[task]
            around.let_go(task)


def _is_free(each: Blocked, left: Container[Task], around: reach.Reach) -> bool:
    # Making an object may start the garbage collector, which may run code of the program.
    if tasks.is_runnable(each.task):
        return True
    return not each.depends_on(left, around.is_held)
