"""What a run has done: one lane for each task, side by side over time.

Owns: `Lanes` with its parts, and cutting out a part of the time.
Does not own: making lanes from a log (lane_making), drawing them (render.timeline, drawing).

Each moment has a time, in program seconds since the start of the run, and a position.  The position
is 2 for each step that ended before it, plus 2 for each idle time before it, plus 1 if the moment
is within a step or an idle time.  Where times are equal, as they are under a clock that jumps, the
positions show what came first.
"""

from __future__ import annotations

import enum

from .facts import TaskNumber
from .records import dataclass, replace
from .task import Place, TaskLabel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container


class LaneState(enum.StrEnum):
    """What a task does for a while."""

    RUNNING = "running"
    RUNNABLE = "runnable"  # it waits for its turn
    BLOCKED = "blocked"
    ASLEEP = "asleep"
    CANCELLED = "cancelled"  # a cancellation has reached it, and it has not stepped since or is
    # on its way to its end


class LaneMarkKind(enum.StrEnum):
    """What happens to a task at one moment."""

    SPAWNED = "spawned"
    DEADLINE = "deadline"  # the deadline of a scope around it has passed
    CANCELLED = "cancelled"  # a scope around it was cancelled
    CANCELS = "cancels"  # it cancels a scope itself
    EXITED = "exited"
    STEERED = "steered"  # the user did something to it


class ArrowKind(enum.StrEnum):
    """What one task does to another."""

    SPAWN = "spawn"
    WAKE = "wake"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """A while in which a task does one thing.

    begin, end: program seconds since the start of the run.
    first, last: the positions of these moments.
    step: the number of the step, or of the next one; for a wait, of the step that ended in it.
    place: the own line at which the step ended; for a wait, the line where the task waits.
    wait: the function in which the task waits or has waited, by its public name: ``Event.wait``.
        Empty if it does not wait, or if that is not known.
    woken: how the wait before this span ended, as a word of `WakeKind`.
    """

    state: LaneState
    begin: float
    end: float
    first: int
    last: int
    step: int = 0
    place: Place | None = None
    wait: str = ""
    woken: str = ""


@dataclass(frozen=True, slots=True)
class LaneMark:
    """Something that happens to a task at one moment.

    detail: how the task exited, or what the user did to it.
    """

    kind: LaneMarkKind
    time: float
    position: int
    place: Place | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One task does something to another.

    step: the step of the other task that follows from it.
    place: the own line that does it.
    """

    kind: ArrowKind
    time: float
    position: int
    source: TaskNumber
    target: TaskNumber
    step: int = 0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """What one task does.

    parent: the task whose nursery holds it, if that has a lane.
    depth: how many lanes it is under.
    begun: it was spawned in the time that is shown.
    outcome: how it ended; empty if it lives.
    """

    task: TaskLabel
    parent: TaskNumber | None
    depth: int
    spans: tuple[LaneSpan, ...]
    marks: tuple[LaneMark, ...] = ()
    begun: bool = False
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Lanes:
    """What the tasks of a run do between two moments.

    begin, end, first, last: as in `LaneSpan`.
    lanes: each one above those of its children.
    arrows: in the order of time.
    complete: whether this is everything since the start of the run.
    """

    begin: float
    end: float
    first: int
    last: int
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    complete: bool


def since(
    whole: Lanes,
    *,
    time: float | None = None,
    position: int | None = None,
    chosen: Container[TaskNumber] | None = None,
) -> Lanes:
    """Return the part of some lanes from a moment on.

    time, position: that moment; the later one if both are given.
    chosen: the tasks to show; None: all.
    """
    begin, first = _moment(whole, time, position)
    kept = [_cut(lane, begin, first) for lane in whole.lanes]
    lanes = [
        lane
        for lane in kept
        if (lane.spans or lane.marks) and (chosen is None or lane.task.number in chosen)
    ]
    there = {lane.task.number for lane in lanes}
    arrows = tuple(
        each
        for each in whole.arrows
        if each.position >= first
        and each.time >= begin
        and (each.source in there or each.target in there)
    )
    complete = whole.complete and begin <= whole.begin and first <= whole.first
    return Lanes(begin, whole.end, first, whole.last, in_order(lanes), arrows, complete)


def _moment(whole: Lanes, time: float | None, position: int | None) -> tuple[float, int]:
    """A moment's time and position, found from whichever of them is given."""
    begin = whole.begin if time is None else max(time, whole.begin)
    first = whole.first if position is None else max(position, whole.first)
    for lane in whole.lanes:
        for span in lane.spans:
            if position is not None and span.last <= position:
                begin = max(begin, span.end)
            if time is not None and span.end <= time:
                first = max(first, span.last)
    return min(begin, whole.end), min(first, whole.last)


def _cut(lane: Lane, begin: float, first: int) -> Lane:
    spans = [
        replace(each, begin=max(each.begin, begin), first=max(each.first, first))
        for each in lane.spans
        if each.last > first and each.end >= begin
    ]
    marks = [each for each in lane.marks if each.position >= first and each.time >= begin]
    return replace(lane, spans=tuple(spans), marks=tuple(marks))


def in_order(lanes: list[Lane]) -> tuple[Lane, ...]:
    """Sort lanes: each one above those of its children, and children by their numbers."""
    there = {lane.task.number for lane in lanes}
    below: dict[TaskNumber | None, list[Lane]] = {}
    for lane in sorted(lanes, key=lambda each: each.task.number, reverse=True):
        below.setdefault(lane.parent if lane.parent in there else None, []).append(lane)
    found: list[Lane] = []
    pending = [(lane, 0) for lane in below.pop(None, ())]
    while pending:
        lane, depth = pending.pop()
        parent = lane.parent if depth else None
        found.append(replace(lane, parent=parent, depth=depth))
        pending += [(each, depth + 1) for each in below.pop(lane.task.number, ())]
    return tuple(found)
