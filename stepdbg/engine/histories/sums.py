"""What the tasks of a run and its loop have done in all, as a picture.

Owns: `stats_of`.  Does not own: counting (recording.counting).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg._trio_internals.recording import Count
from stepdbg.engine.recording import counting as counts
from stepdbg.engine.recording import history
from stepdbg.engine.recording.step_ends import Stuck
from stepdbg.engine.stacks.frames import line_of, place_of_code
from stepdbg.model.history import LongStep, LoopStats, Stats, TaskStats

if TYPE_CHECKING:
    from stepdbg.engine.recording.counting import Ended
    from stepdbg.engine.recording.history import Pictures
    from stepdbg.engine.recording.recorded import Counted
    from stepdbg.engine.recording.recorder import Recorder
    from stepdbg.model.task import TaskLabel


def stats_of(run: Counted) -> Stats:
    """The sums of a run as they are now.  Raises `NotNow` if nothing was recorded."""
    recorder, hold = history.recorder_of(run), run.hold
    counting, hook, held = recorder.counting, recorder.hook, hold.held
    now = counting.until or counts.now_of(hook)
    if hold.stands:
        now = hold.since - hook.left_out
    maker = _StatsMaker(recorder, history.Pictures(run, recorder))
    found = [maker.ended(each) for each in list(counting.ended)]
    steps = counting.rest_steps + sum(each.steps for each in counting.ended)
    ran = counting.rest_ran + sum(each.sums.ran for each in counting.ended)
    under_way = held.task if held is not None and held.frame is not None else None
    for task in [] if counting.until else runs.living_tasks(run.runner):
        lasts = 0.0
        if task is under_way and hold.stands:
            lasts = max(hold.since - hook.last, 0.0)
        count = hook.counts.get(tasks.number(task)) or Count(now)
        stats = maker.living(task, count, now, lasts, system=runs.is_system(run.runner, task))
        found.append(stats)
        steps, ran = steps + stats.steps, ran + stats.ran
    found.sort(key=lambda each: (-each.ran, each.label.number))
    passes = counting.passes
    loop = LoopStats(
        max(now - counting.begun, 0.0),
        ran,
        steps,
        None if passes is None else passes.count,
        None if passes is None else passes.gap,
    )
    return Stats(tuple(found), loop, counting.rest, counting.from_start, recorder.replays)


class _StatsMaker:
    """Makes pictures of counts.

    Args:
        recorder: the recorder of the run.
        picture: knows the names of its tasks.
    """

    def __init__(self, recorder: Recorder, picture: Pictures) -> None:
        self._recorder, self._picture = recorder, picture

    def ended(self, task: Ended) -> TaskStats:
        """A task that has ended."""
        count, label = task.sums, self._picture.label(task.number)
        waited = max(task.life - count.ran - count.blocked, 0.0)
        longest = self._longest(label, count) if task.steps else None
        return TaskStats(
            label, task.steps, count.ran, waited, count.blocked, longest, True, task.system
        )

    def living(
        self, task: Task, count: Count, now: float, lasts: float, *, system: bool
    ) -> TaskStats:
        """A living task.  lasts: how long the step in which it is held has taken; else 0.0."""
        label = self._picture.label(tasks.number(task))
        blocked = count.blocked + (now - count.since if count.since else 0.0)
        ran, steps = count.ran + lasts, tasks.steps_taken(task) - count.before
        waited = max(now - count.born - ran - blocked, 0.0)
        longest = self._longest(label, count) if steps else None
        if lasts > (0.0 if longest is None else longest.seconds):
            number = tasks.steps_taken(task) + 1
            seen = self._seen(label, number)
            longest = LongStep(label, number, lasts, seen, under_way=True)
        return TaskStats(label, steps, ran, waited, blocked, longest, system=system)

    def _longest(self, label: TaskLabel, count: Count) -> LongStep | None:
        if not count.step:
            return None
        stuck = count.where
        place = None
        if isinstance(stuck, Stuck) and stuck.code is not None:
            place = place_of_code(stuck.code, line_of(stuck.code, stuck.instruction))
        return LongStep(label, count.step, count.longest, self._seen(label, count.step), place)

    def _seen(self, label: TaskLabel, number: int) -> str:
        """The lines at which a step was seen while it lasted."""
        lasted = reversed(self._recorder.lasted)
        seen = (each.where() for each in lasted if each.is_step(label.number, number))
        return next(seen, "")
