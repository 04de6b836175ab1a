"""Make lanes from what was recorded of a run.

Owns: `lanes_of`.  Does not own: what lanes hold, or cutting out a part of them (lanes).

A log says when steps end and when tasks wake.  What a task did in between follows from that: it ran
as long as its step took, and before that it was runnable from the moment at which it woke.
"""

from __future__ import annotations

from .history import STEP_ENDS, EndedTask, LogEntry, LogKind, awaited_name
from .lanes import (
    Arrow,
    ArrowKind,
    Lane,
    LaneMark,
    LaneMarkKind,
    Lanes,
    LaneSpan,
    LaneState,
    in_order,
)
from .records import replace
from .task import Place, TaskLabel, TaskSnapshot, TaskState, WaitKind, WakeKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .facts import TaskNumber

LEAST_IDLE = 0.001
"""How long no task must run, in program seconds, for an idle time to get its own position."""

_SLEEPS = frozenset(("sleep", "sleep_until"))
"""The functions of Trio in which a task is asleep."""

_BY_CANCELLATION = frozenset((WakeKind.CANCELLED, WakeKind.DEADLINE))
_WAITS = frozenset((LaneState.BLOCKED, LaneState.ASLEEP))
_GOES_ON = frozenset((LaneState.RUNNABLE, LaneState.CANCELLED))


def lanes_of(
    entries: Iterable[LogEntry],
    *,
    now: float,
    living: Iterable[TaskSnapshot] = (),
    ended: Iterable[EndedTask] = (),
    complete: bool = True,
) -> Lanes:
    """The lanes of the tasks of one run.

    Args:
        entries: what has happened, in order.
        now: where the lanes end, in program seconds since the start of the run.
        living: the tasks as they are now; if empty, each task is as the entries leave it.
        ended: the tasks that are known to have ended.
        complete: whether the entries begin with the run.
    """
    maker = _LaneMaker(complete=complete)
    for entry in entries:
        maker.take(entry)
    parents: dict[TaskNumber, TaskNumber] = {}
    for task in ended:
        if task.parent is not None:
            parents[task.label.number] = task.parent.number
    for each in living:
        if each.parent is not None:
            parents[each.label.number] = each.parent.number
        maker.take_living(each, now)
    return maker.lanes(now, parents)


class _Track:
    """A task whose lane is being made.

    state: what it has been doing since the last change; None: unknown.
    step, place, wait, woken: what is known about that, as in `LaneSpan`.
    woken_in_step: what woke it, if it was woken before its step ended.
    begun_step: when its step began, if an entry says so.
    """

    def __init__(self, task: TaskLabel) -> None:
        self.task = task
        self.parent: TaskNumber | None = None
        self.spans: list[LaneSpan] = []
        self.marks: list[LaneMark] = []
        self.state: LaneState | None = None
        self.time, self.position = 0.0, 0
        self.step = 0
        self.place: Place | None = None
        self.wait = self.woken = self.outcome = ""
        self.woken_in_step: WakeKind | None = None
        self.begun_step: float | None = None
        self.begun = False

    def become(
        self,
        state: LaneState | None,
        time: float,
        position: int,
        *,
        step: int = 0,
        place: Place | None = None,
        wait: str = "",
        woken: str = "",
    ) -> None:
        """Note that it does something else from this moment on."""
        if self.state is not None and (position > self.position or time > self.time):
            self.spans.append(
                LaneSpan(
                    self.state,
                    self.time,
                    max(time, self.time),
                    self.position,
                    position,
                    self.step,
                    self.place,
                    self.wait,
                    self.woken,
                )
            )
        self.state, self.time, self.position = state, time, position
        self.step, self.place, self.wait, self.woken = step, place, wait, woken

    def mark(
        self,
        kind: LaneMarkKind,
        time: float,
        position: int,
        place: Place | None = None,
        detail: str = "",
    ) -> None:
        """Note that something happens to it."""
        self.marks.append(LaneMark(kind, time, position, place, detail))

    def has_waited(self, begin: float, woken: WakeKind) -> None:
        """It wakes, and nothing else is known of it, so it has waited since the beginning."""
        self.become(LaneState.ASLEEP if woken is WakeKind.SLEEP else LaneState.BLOCKED, begin, 0)

    def ends_by_cancellation(self) -> None:
        """It ends by a cancellation: since that reached it, it was on its way to its end."""
        begun = len(self.spans)
        while begun and self.spans[begun - 1].state is not LaneState.CANCELLED:
            begun -= 1
        if not begun:
            return
        for index in range(begun, len(self.spans)):
            span = self.spans[index]
            if span.state is not LaneState.RUNNING:
                self.spans[index] = replace(span, state=LaneState.CANCELLED)

    def lane(self, parent: TaskNumber | None) -> Lane:
        """The finished lane."""
        spans, marks = tuple(self.spans), tuple(self.marks)
        return Lane(self.task, parent, 0, spans, marks, self.begun, self.outcome)


class _LaneMaker:
    """Takes entries one by one.

    complete: whether they begin with the run.
    """

    def __init__(self, *, complete: bool) -> None:
        self._complete = complete
        self._tracks: dict[TaskNumber, _Track] = {}
        self._arrows: list[Arrow] = []
        self._begin: float | None = None
        self._position, self._idle_since = 0, 0.0
        self._acted: tuple[TaskNumber, float] | None = None  # who has acted in its step, and when
        self._takes: Mapping[LogKind, Callable[[_Track, LogEntry], None]] = {
            **dict.fromkeys(STEP_ENDS, self._ended_step),
            LogKind.SPAWNED: self._spawned,
            LogKind.WOKEN: self._woken,
            LogKind.BEGAN: self._began,
            LogKind.CANCELLED: self._marked,
            LogKind.STEERED: self._marked,
        }

    def take(self, entry: LogEntry) -> None:
        """Add one entry of the log."""
        if self._begin is None:
            began = entry.time - (entry.seconds or 0.0 if entry.kind in STEP_ENDS else 0.0)
            self._begin = self._idle_since = began
        if entry.kind is LogKind.RECORDING:
            self._interrupted(entry)
        take = self._takes.get(entry.kind)
        if take is not None and entry.task is not None:
            take(self._track(entry.task), entry)

    def take_living(self, task: TaskSnapshot, now: float) -> None:
        """Add a task as it is at the end."""
        track = self._tracks.get(task.label.number)
        if track is None:
            track = self._track(task.label)
        if track.state is None:
            state, wait = _state_of(task)
            if not track.spans:  # nothing has happened to it in all this time
                begin = now if self._begin is None else self._begin
                track.become(state, begin, 0, place=task.doing, wait=wait)
            else:
                track.become(state, self._idle_since, self._position, place=task.doing, wait=wait)
        if task.state is TaskState.CURRENT and now > self._idle_since:
            track.become(
                LaneState.RUNNING,
                max(self._idle_since, track.time),
                max(self._position, track.position),
                step=task.steps + 1,
                place=task.doing,
            )

    def lanes(self, now: float, parents: Mapping[TaskNumber, TaskNumber]) -> Lanes:
        """The finished lanes of all tasks."""
        self._wait_until(now)
        last, made = self._position + 1, list[Lane]()
        for number, track in self._tracks.items():
            track.become(None, now, last)
            made.append(track.lane(parents.get(number, track.parent)))
        begin = now if self._begin is None else self._begin
        return Lanes(begin, now, 0, last, in_order(made), tuple(self._arrows), self._complete)

    # -- moments ----------------------------------------------------------------------

    def _track(self, task: TaskLabel) -> _Track:
        track = self._tracks.get(task.number)
        if track is None:
            track = self._tracks[task.number] = _Track(task)
        track.task = task  # a later name may say more
        return track

    def _wait_until(self, time: float) -> None:
        """Note that no task has run since the last step ended, up to this moment."""
        if time - self._idle_since >= LEAST_IDLE:
            self._position += 2
        self._idle_since = max(self._idle_since, time)

    def _now(self, time: float, by: TaskNumber | None) -> int:
        """The position of what `by` does in its step at this time; None: between two steps."""
        if by is not None:
            self._acted = self._acted or (by, time)
            return self._position + 1
        self._acted = None
        self._wait_until(time)
        return self._position

    # -- kinds of entries -------------------------------------------------------------

    def _spawned(self, track: _Track, entry: LogEntry) -> None:
        spawn = entry.spawn
        by = getattr(spawn, "by", None)  # neither `NotRecorded` nor None has `by`
        position = self._now(entry.time, None if by is None else by.number)
        place = getattr(spawn, "place", None)
        track.begun = True
        track.become(LaneState.RUNNABLE, entry.time, position, step=1, woken=WakeKind.STARTED)
        track.mark(LaneMarkKind.SPAWNED, entry.time, position, place)
        if by is not None:
            track.parent = by.number
            number = track.task.number
            self._arrows.append(
                Arrow(ArrowKind.SPAWN, entry.time, position, by.number, number, 1, place)
            )

    def _woken(self, track: _Track, entry: LogEntry) -> None:
        wake = entry.wake
        if wake is None:
            return
        by = None if wake.by is None else wake.by.number
        itself = by == track.task.number or wake.kind is WakeKind.ITSELF
        position = self._now(entry.time, track.task.number if itself else by)
        if track.state in _GOES_ON or itself:
            track.woken_in_step = wake.kind
        else:
            if track.state is None and not track.spans:
                track.has_waited(self._begin or 0.0, wake.kind)
            state = LaneState.RUNNABLE
            if wake.kind in _BY_CANCELLATION:
                state = LaneState.CANCELLED
            track.become(state, entry.time, position, step=entry.step, woken=wake.kind)
        if wake.kind in _BY_CANCELLATION:
            deadline = wake.kind is WakeKind.DEADLINE
            kind = LaneMarkKind.DEADLINE if deadline else LaneMarkKind.CANCELLED
            track.mark(kind, entry.time, position, wake.place)
        if by is not None and not itself:
            cancels = wake.kind is WakeKind.CANCELLED
            arrow = ArrowKind.CANCEL if cancels else ArrowKind.WAKE
            number = track.task.number
            self._arrows.append(
                Arrow(arrow, entry.time, position, by, number, entry.step, wake.place)
            )

    def _began(self, track: _Track, entry: LogEntry) -> None:
        self._wait_until(entry.time)
        track.begun_step = entry.time

    def _ended_step(self, track: _Track, entry: LogEntry) -> None:
        begin = track.begun_step
        if begin is None:
            begin = max(entry.time - (entry.seconds or 0.0), self._idle_since)
            if self._acted is None:  # else its position is taken already
                self._wait_until(begin)
            elif self._acted[0] == track.task.number:
                begin = min(begin, self._acted[1])  # the seconds leave out what stepdbg did
        track.become(
            LaneState.RUNNING,
            min(begin, entry.time),
            self._position,
            step=entry.step,
            place=entry.place,
            wait=awaited_name(entry.detail) if entry.kind is LogKind.BLOCKED else "",
            woken=track.woken,
        )
        self._position += 2
        self._idle_since, self._acted = max(self._idle_since, entry.time), None
        self._after_step(track, entry)

    def _after_step(self, track: _Track, entry: LogEntry) -> None:
        time, position, step = entry.time, self._position, entry.step
        woken, track.woken_in_step, track.begun_step = track.woken_in_step, None, None
        if entry.kind is LogKind.EXITED:
            track.outcome = entry.detail.partition(":")[0]  # without the message
            track.become(None, time, position)
            track.mark(LaneMarkKind.EXITED, time, position, detail=track.outcome)
            if track.outcome == "cancelled":
                track.ends_by_cancellation()
        elif woken in _BY_CANCELLATION:
            track.become(LaneState.CANCELLED, time, position, step=step + 1, woken=woken or "")
        elif entry.kind is LogKind.STEPPED or woken is not None:
            woken = woken or WakeKind.ITSELF
            track.become(LaneState.RUNNABLE, time, position, step=step + 1, woken=woken)
        else:
            asleep = entry.detail in _SLEEPS
            track.become(
                LaneState.ASLEEP if asleep else LaneState.BLOCKED,
                time,
                position,
                step=step,
                place=entry.place,
                wait=awaited_name(entry.detail),
            )

    def _marked(self, track: _Track, entry: LogEntry) -> None:
        cancels = entry.kind is LogKind.CANCELLED
        position = self._now(entry.time, track.task.number) if cancels else self._position
        kind = LaneMarkKind.CANCELS if cancels else LaneMarkKind.STEERED
        what = entry.detail if cancels else entry.detail.partition(" ")[0]  # not what was typed
        track.mark(kind, entry.time, position, entry.place, what)

    def _interrupted(self, entry: LogEntry) -> None:
        """Nothing is known about a time in which the recorder was off."""
        if entry.detail == "ceased":
            self._wait_until(entry.time)
            for track in self._tracks.values():
                track.become(None, entry.time, self._position)
        elif entry.time > self._idle_since:
            self._position += 2
            self._idle_since = entry.time


def _state_of(task: TaskSnapshot) -> tuple[LaneState, str]:
    """What a task does now, and what it waits for."""
    if task.state is TaskState.BLOCKED:
        if task.wait is not None and task.wait.what is WaitKind.SLEEP:
            return LaneState.ASLEEP, task.wait.what
        return LaneState.BLOCKED, "" if task.wait is None else task.wait.what
    return LaneState.RUNNABLE, ""
