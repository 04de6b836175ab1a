"""The default order of a schedule, and what a schedule changes of it.

Owns: `in_turn`; `InTurn`: first in, first out, one task a pass; `Deviating`: the same with the
facts of a schedule.
Does not own: a whole log (replaying), the run queue (run_queue).

Trio wakes tasks that wait for an Event in the order of their addresses, which differs from run to
run.  So the tasks that one step has made runnable are sorted by their logical ids.  The task that
took the step comes last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import expiring, runs, scopes
from stepdbg.engine.process.guard import hand_over, report_bug
from stepdbg.model.schedules import After, Base, Moment

if TYPE_CHECKING:
    from stepdbg.model.facts import LogicalId
    from stepdbg.model.schedules import Schedule


def in_turn(new: list[Task], last: Task | None, id_of: Callable[[Task], LogicalId]) -> None:
    """Put tasks that became runnable since the last step into the default order.

    Args:
        new: these tasks; the list is changed.
        last: the task that took that step.
        id_of: gives the logical id of a task.
    """
    if len(new) > 1:
        new.sort(key=lambda task: (task is last, id_of(task)))


class InTurn:
    """A strategy: first in, first out, one task a pass.

    Args:
        runner: the run.
        id_of: gives the logical id of a task.
        stays: whether the task that has just stepped goes on as long as it is runnable.
    """

    def __init__(
        self, runner: runs.Runner, id_of: Callable[[Task], LogicalId], *, stays: bool = False
    ) -> None:
        self.id_of = id_of
        self._runner = runner
        self._stays = stays
        self._ready: list[Task] = []
        self._last: Task | None = None

    def next_pass(self, queued: Sequence[Task]) -> Sequence[Task] | None:
        """Give the task whose turn it is."""
        ready = self._take_in(queued)
        if not ready:
            return None
        first = self._last if self._stays and self._last in ready else ready[0]
        assert first is not None
        chosen = self.choose([first, *(task for task in ready if task is not first)])
        ready.remove(chosen)
        self._last = chosen
        return [chosen]

    def choose(self, ready: Sequence[Task]) -> Task:
        """The task that steps next, out of those that can; by default the first one."""
        return ready[0]

    def _take_in(self, queued: Sequence[Task]) -> list[Task]:
        """The tasks that can step, in order; takes in those that became runnable meanwhile."""
        known, still = set(self._ready), set(queued)
        new = [
            task for task in queued if task not in known and not runs.is_system(self._runner, task)
        ]
        in_turn(new, self._last, self.id_of)
        self._ready = [task for task in self._ready if task in still] + new
        return self._ready


class Deviating(InTurn):
    """The default order, except for what a schedule's facts say.

    Args:
        runner, id_of: see `InTurn`.
        schedule: one with facts.
    """

    def __init__(
        self, runner: runs.Runner, id_of: Callable[[Task], LogicalId], schedule: Schedule
    ) -> None:
        super().__init__(runner, id_of, stays=schedule.base is Base.STAY)
        self._done: set[Moment] = set()
        self._steps: Counter[LogicalId] = Counter()
        self._deadlines: Counter[LogicalId] = Counter()
        self._after: dict[Moment, list[Moment]] = {}
        self._instead: dict[Moment, list[LogicalId]] = {}
        for fact in schedule.facts:
            if isinstance(fact, After):
                self._after.setdefault(fact.step, []).append(fact.after)
            else:
                self._instead.setdefault(fact.step, []).append(fact.task)

    def choose(self, ready: Sequence[Task]) -> Task:
        """The first task that the facts allow to step now."""
        # If there is none, the schedule belongs to another program, and the default is as good as
        # any.
        chosen = next((task for task in ready if self._may_step(task)), ready[0])
        chosen = self._instead_of(chosen, ready)
        who = self.id_of(chosen)
        self._steps[who] += 1
        self._done.add(Moment(who, self._steps[who]))
        return chosen

    def see_deadlines(self, _: Callable[[runs.CancelScope], None]) -> bool:
        """Note which deadlines pass now, because some facts are about them."""
        try:
            now = self._runner.clock.current_time()
            for deadline, scope in expiring.by_deadline(self._runner):
                if deadline > now:
                    break
                task = scopes.oldest_under(scope)
                assert task is not None, "no deadline is pending once no task is in its scope"
                who = self.id_of(task)
                self._deadlines[who] += 1
                self._done.add(Moment(who, self._deadlines[who], deadline=True))
        except BaseException as error:  # Trio's loop is the caller
            if not hand_over(error):
                report_bug(error, "following a schedule", "your program goes on")
        return False

    def _next_step(self, task: Task) -> Moment:
        who = self.id_of(task)
        return Moment(who, self._steps[who] + 1)

    def _may_step(self, task: Task) -> bool:
        return all(each in self._done for each in self._after.get(self._next_step(task), ()))

    def _instead_of(self, task: Task, ready: Sequence[Task]) -> Task:
        others = self._instead.get(self._next_step(task))
        if not others:
            return task
        wanted = others.pop(0)
        return next((each for each in ready if self.id_of(each) == wanted), task)
