"""A moment of a recording as a picture, which can be shown like a dump.

Owns: `picture_at`.
Does not own: the state at a moment (moments), looking at pictures (stepdbg.archive.viewing), what
blocked tasks wait for (waiting).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from stepdbg.archive.shapes import (
    NodePicture,
    NurseryPicture,
    Picture,
    QueuedPicture,
    QueuePicture,
    RunPicture,
    TaskPicture,
)
from stepdbg.model.facts import NOT_RECORDED, NotRecorded, RunId, TaskNumber
from stepdbg.model.history import EndedTask, Log
from stepdbg.model.recording import ShapeKind
from stepdbg.model.stops import Stop, StopKind
from stepdbg.model.task import (
    TIMER_TASKS,
    RunSnapshot,
    RunState,
    ScopeSnapshot,
    ShortWait,
    TaskSnapshot,
    TaskState,
    TimerSnapshot,
    WaitKind,
    Wake,
    WakeKind,
)

from . import logs, waiting
from .moments import TaskStates
from .reading import STEP_ENDS, Recording

_ENDED_KEPT = 1_000
"""How many ended tasks are listed."""

_AHEAD = 100_000
"""How many events ahead to look for the tasks' next steps."""

_HOPE = "a recording does not show which objects the tasks have"


def picture_at(
    recording: Recording,
    states: TaskStates,
    run: RunId,
    place: int,
    end: int | None,
    under_way: int | None = None,
) -> Picture:
    """What there is to see at a moment.

    Args:
        recording: the file.
        states: the state of the tasks then.
        run: which run.
        place: how many events have happened.
        end: the event that ends the step that begins now; None: no step of this run begins, or
            the recording ends before the step does.
        under_way: the task of that step, if its end is missing.
    """
    current = under_way if end is None else recording.events.tasks[end]
    if current not in states.born:
        current = None
    shown = _Shown(recording, states, run, place, end, current)
    firsts = recording.first_events
    others = [
        _Shown(recording, states, each, place, None, None)
        for each in recording.run_numbers
        if each != run and firsts[each] < place
    ]
    runs = sorted((each.snapshot for each in (shown, *others)), key=lambda each: each.run)
    return Picture(
        about=recording.about,
        in_view=run,
        stop=shown.stop(several=bool(others)),
        runs=tuple(runs),
        pictures=tuple(each.picture() for each in (shown, *others)),
        values=False,
    )


class _Shown:
    """One run at one moment.  The arguments are as for `picture_at`; current: the current task."""

    def __init__(
        self,
        recording: Recording,
        states: TaskStates,
        run: RunId,
        place: int,
        end: int | None,
        current: int | None,
    ) -> None:
        self._run, self._place, self._end, self._current = run, place, end, current
        self._recording, self._states, self._events = recording, states, recording.events
        self._time = self._moment()
        living = sorted(each for each in states.born if recording.tasks.run_of(each) == run)
        self._tasks = {number: self._task(number) for number in living}
        self.snapshot = self._snapshot()

    def _moment(self) -> float:
        times, end = self._recording.times, self._end
        runs, shapes = self._recording.runs, self._events.shapes
        earlier = (i for i in range(self._place - 1, -1, -1) if runs[shapes[i]] == self._run)
        before = next((times[i] for i in earlier), 0.0)
        if end is None:
            return before
        # A step's length is rounded: the step must not begin before the event before it.
        return min(max(times[end] - self._events.seconds[end], before), times[end])

    # -- tasks ------------------------------------------------------------------------

    def _task(self, number: int) -> TaskSnapshot:
        events, recording = self._events, self._recording
        ended, state = self._states.ended.get(number), self._state(number)
        shape = None if ended is None else events.known[events.shapes[ended]]
        blocked = shape is not None and shape.kind is ShapeKind.BLOCKED
        at = shape.place if shape is not None and blocked else None
        label = recording.tasks.label(number)
        assert label is not None
        wait = None
        if state is TaskState.BLOCKED and shape is not None:
            kind = waiting.kind_of(shape.detail)
            left = self._time_left(number)
            if kind is WaitKind.SLEEP and waiting.is_timeout(recording, self._states, number):
                left = None  # the timeout comes first; how long the task sleeps was not noted
            wait = ShortWait(kind, left)
        return TaskSnapshot(
            label,
            state,
            number in recording.tasks.system,
            0 if ended is None else events.numbers[ended],
            at,
            recording.tasks.parent_of(number),
            recording.tasks.spawn_of(number),
            None if state is TaskState.BLOCKED else self._wake(number),
            hash((state, at)),
            wait,
        )

    def _state(self, number: int) -> TaskState:
        if number == self._current:
            return TaskState.CURRENT
        if number not in self._states.ready:
            return TaskState.BLOCKED
        return TaskState.RUNNABLE if number in self._states.ended else TaskState.NOT_STARTED

    def _wake(self, number: int) -> Wake | NotRecorded:
        """Why a task runs or can run."""
        ready = self._states.ready.get(number)
        if ready is None:
            return NOT_RECORDED
        kind = self._recording.kinds[self._events.shapes[ready]]
        if kind is ShapeKind.WOKEN:
            return logs.wake_in(self._recording, ready)
        if kind is ShapeKind.STEPPED:
            return Wake(WakeKind.ITSELF)
        spawn = self._recording.tasks.spawn_of(number)
        return Wake(WakeKind.STARTED, getattr(spawn, "by", None), getattr(spawn, "place", None))

    def _time_left(self, number: int) -> float | None:
        """How long a blocked task waits at most from now."""
        deadline = self._states.deadline.get(number)
        if deadline is None:
            return None
        return waiting.left_at(self._recording, deadline, self._time)

    # -- the run ----------------------------------------------------------------------

    def _snapshot(self) -> RunSnapshot:
        own = [task for task in self._tasks.values() if not task.system]
        able = [task for task in own if task.state in (TaskState.RUNNABLE, TaskState.NOT_STARTED)]
        lefts = [left for left in map(self._time_left, self._tasks) if left is not None]
        main = self._recording.tasks.mains.get(self._run)
        return RunSnapshot(
            self._run,
            self._recording.threads.get(self._run, "unknown"),
            RunState.STOPPED if self._tasks else RunState.ENDED,
            False,
            self._time,
            len(own),
            len(able),
            min(lefts, default=None),
            None if main is None else self._recording.tasks.label(main),
        )

    def stop(self, *, several: bool) -> Stop:
        """The moment as a stop.  several: whether there are several runs."""
        run = self.snapshot
        task = None if self._current is None else self._tasks[self._current]
        return Stop(
            kind=StopKind.MOMENT,
            run=self._run,
            task=None if task is None else task.label,
            step=0 if task is None else task.steps + 1,
            time=self._time,
            wake=None if task is None else task.wake,
            place=None if task is None else task.doing,
            queue_length=run.queue_length,
            task_count=run.task_count,
            next_deadline=run.next_deadline,
            shown_run=several,
        )

    def picture(self) -> RunPicture:
        """All that there is to see of the run."""
        return RunPicture(
            self.snapshot,
            tuple(TaskPicture(task) for task in self._tasks.values()),
            tree=tuple(self._tree()),
            queue=self._queue(),
            timers=tuple(self._timers()),
            hope=_HOPE,
            log=Log((), on=True, size=0),  # `RecordingInspector` has one
            ended=self._ended(),
        )

    def _ended(self) -> tuple[EndedTask, ...]:
        exits = self._recording.exits[: bisect_left(self._recording.exits, self._place)]
        found = map(partial(logs.ended_task, self._recording), exits[-_ENDED_KEPT:])
        return tuple(each for each in found if each.label.run == self._run)

    def _tree(self) -> Iterator[NodePicture]:
        """The root first, parents before children."""
        parents = self._recording.tasks.parents
        homes = _nursery_members(self._recording, self._states, self._tasks)
        at = waiting.Moment(self._recording, self._states, self._place, self._time)
        pending = [number for number in self._tasks if parents.get(number) not in self._tasks][:1]
        while pending:
            number = pending.pop()
            nurseries = homes.pop(number, {})
            pending += [child for children in nurseries.values() for child in children]
            told = [self._nursery(*each) for each in nurseries.items()]
            scopes = waiting.own_scopes(at, number)
            yield NodePicture(
                TaskNumber(number), (*waiting.timeouts(at, number), *_in_order(scopes, told))
            )

    def _nursery(self, identity: int, children: Sequence[TaskNumber]) -> NurseryPicture:
        """A nursery in which these tasks live."""
        opened = self._recording.tasks.opened.get(children[0])
        scope = waiting.scope(self._recording, identity, place=opened)
        return NurseryPicture(scope, opened, False, tuple(children))

    def _timers(self) -> list[TimerSnapshot]:
        """The deadlines of blocked tasks, soonest first."""
        scopes: dict[int, list[int]] = {}
        for number in self._tasks:
            deadline = self._states.deadline.get(number)
            if deadline is not None:
                scopes.setdefault(self._events.numbers[deadline], []).append(number)
        found = []
        for identity, numbers in scopes.items():
            # If several tasks blocked under one scope, the last of them knows its latest deadline.
            last = max(numbers, key=self._states.deadline.__getitem__)
            left = self._time_left(last) or 0.0
            labels = tuple(self._tasks[each].label for each in numbers[:TIMER_TASKS])
            at = self._events.known[self._events.shapes[self._states.deadline[last]]].place
            scope = waiting.scope(self._recording, identity, left, at)
            found.append(TimerSnapshot(left, scope, labels, len(numbers)))
        return sorted(found, key=lambda timer: timer.left)

    def _queue(self) -> QueuePicture:
        """The runnable tasks: those of this pass in the order of their steps, then the others."""
        ready, begun = self._states.ready, self._states.passes.get(self._run, 0)
        if self._current is None or ready.get(self._current, self._place) >= begun:
            begun = self._place  # a pass begins
        able = [each for each in self._tasks if each in ready and each != self._current]
        able.sort(key=ready.__getitem__)
        now = [each for each in able if ready[each] < begun]
        this_pass = _as_they_run(self._recording, self._place, now)
        return QueuePicture(
            None if self._current is None else self._tasks[self._current].label,
            tuple(map(self._queued, this_pass)),
            tuple(self._queued(each) for each in able if ready[each] >= begun),
        )

    def _queued(self, number: int) -> QueuedPicture:
        return QueuedPicture(TaskNumber(number), self._wake(number))


def _in_order(
    scopes: Iterable[tuple[int, ScopeSnapshot]], nurseries: Sequence[NurseryPicture]
) -> Iterator[ScopeSnapshot | NurseryPicture]:
    """Scopes and nurseries of a task, outermost first.

    scopes: each with the number of nurseries around it.
    """
    left = list(scopes)
    for index, nursery in enumerate(nurseries):
        while left and left[0][0] <= index:
            yield left.pop(0)[1]
        yield nursery
    yield from (scope for _, scope in left)


def _as_they_run(recording: Recording, place: int, numbers: Sequence[int]) -> list[int]:
    """Tasks in the order of their next steps; tasks that take no more steps are at the end.

    place: how many events have happened.
    """
    left, order = set(numbers), []
    kinds, events = recording.kinds, recording.events
    for index in range(place, min(place + _AHEAD, len(events))):
        if not left:
            break
        task = events.tasks[index]
        if task in left and kinds[events.shapes[index]] in STEP_ENDS:
            left.discard(task)
            order.append(task)
    return order + [each for each in numbers if each in left]


def _nursery_members(
    recording: Recording, states: TaskStates, living: Iterable[int]
) -> _NurseryMembers:
    """The tasks in each nursery, by the nursery's task and its identity."""
    parents, inside = recording.tasks.parents, states.inside
    homes: _NurseryMembers = {}
    for number in living:
        if number in inside and number in parents:
            nurseries = homes.setdefault(parents[number], {})
            identity = recording.events.numbers[inside[number]]
            nurseries.setdefault(identity, []).append(TaskNumber(number))
    return homes


_NurseryMembers = dict[int, dict[int, list[TaskNumber]]]
