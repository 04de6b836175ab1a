"""What tasks had done in all by a moment of a recording.

Owns: `stats_at`.  Does not own: what stands at a moment (moments), how sums look (render.stats).

There is no count of passes: a recording has the steps, but not the looks for I/O between them.
"""

from __future__ import annotations

from stepdbg.model.facts import RunId
from stepdbg.model.history import LongStep, LoopStats, Stats, TaskStats
from stepdbg.model.recording import ShapeKind

from .reading import STEP_ENDS, Recording

_BIRTHS = (ShapeKind.SPAWNED, ShapeKind.LIVES)


class _Sums:
    """What one task has done.

    Attributes:
        born: when counting began.
        ended: when it ended; None if it lives.
        steps, ran, blocked: as in `TaskStats`.
        since: when it blocked; None if it is not blocked.
        longest: the event that ends its longest step; -1 without one.
    """

    __slots__ = ("blocked", "born", "ended", "longest", "ran", "since", "steps")

    def __init__(self, born: float) -> None:
        self.born, self.ran, self.blocked = born, 0.0, 0.0
        self.ended: float | None = None
        self.since: float | None = None
        self.steps, self.longest = 0, -1


def stats_at(recording: Recording, run: RunId, place: int, now: float) -> Stats:
    """The sums of a run's tasks, in program seconds.

    Args:
        recording: the file.
        run: which run.
        place: how many events have happened.
        now: the time then, since the start of the run.
    """
    sums = _sums_of(recording, run, place)
    found = [_stats_of(recording, number, each, now) for number, each in sums.items()]
    found.sort(key=lambda each: (-each.ran, each.label.number))
    loop = LoopStats(now, sum(each.ran for each in found), sum(each.steps for each in found))
    late = any(
        shape.kind is ShapeKind.LIVES and shape.run == run for shape in recording.events.known
    )
    return Stats(tuple(found), loop, complete=not late)


def _sums_of(recording: Recording, run: RunId, place: int) -> dict[int, _Sums]:
    events, times, kinds, runs = recording.events, recording.times, recording.kinds, recording.runs
    sums: dict[int, _Sums] = {}
    for index in range(place):
        shape, number = events.shapes[index], events.tasks[index]
        kind = kinds[shape]
        if runs[shape] != run:
            continue
        if kind in _BIRTHS:
            sums[number] = _Sums(times[index])
            continue
        task = sums.get(number)
        if task is None:
            continue
        if kind in STEP_ENDS:
            seconds = events.seconds[index]
            if task.longest < 0 or seconds > events.seconds[task.longest]:
                task.longest = index
            task.ran += seconds
            task.steps += 1
            if kind is ShapeKind.BLOCKED:
                task.since = times[index]
            elif kind is ShapeKind.EXITED:
                task.ended = times[index]
        elif kind is ShapeKind.WOKEN and task.since is not None:
            task.blocked += times[index] - task.since
            task.since = None
    return sums


def _stats_of(recording: Recording, number: int, sums: _Sums, now: float) -> TaskStats:
    events, label = recording.events, recording.tasks.label(number)
    assert label is not None
    until = now if sums.ended is None else sums.ended
    blocked = sums.blocked + (0.0 if sums.since is None else max(until - sums.since, 0.0))
    longest = None
    if sums.longest >= 0:
        longest = LongStep(
            label,
            events.numbers[sums.longest],
            events.seconds[sums.longest],
            place=events.known[events.shapes[sums.longest]].place,
        )
    return TaskStats(
        label,
        sums.steps,
        sums.ran,
        max(until - sums.born - sums.ran - blocked, 0.0),
        blocked,
        longest,
        sums.ended is not None,
        number in recording.tasks.system,
    )
