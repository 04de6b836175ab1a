"""When the events of a recording were, in program time.

Owns: `program_times`.
Does not own: the moments themselves (events).
"""

from __future__ import annotations

from stepdbg.archive.codec import Damaged
from stepdbg.model.recording import ShapeKind
from stepdbg.model.standard import array, math

from .events import Events

_MARKS = (ShapeKind.MARK, ShapeKind.MARK_TIME, ShapeKind.RUN)


class _Clock:
    """How the time of a run goes: from `real` on it is `then`, and so many seconds a second."""

    def __init__(self) -> None:
        self.real = self.then = self.begun = 0.0
        self.speed = 1.0

    def at(self, moment: float) -> float:
        """Program seconds since the start of the run."""
        return self.then - self.begun + (moment - self.real) * self.speed


def program_times(events: Events) -> array.array[float]:
    """When each event was, in program seconds since the start of its run.  Raises `Damaged`."""
    moments, shapes = events.moments, events.shapes
    # A sum is quicker than a look at each, and has no end if one of them has none.
    if not math.isfinite(sum(moments)) and not all(map(math.isfinite, moments)):
        raise Damaged("one of its moments is none")
    special = {i for i, shape in enumerate(events.known) if shape.kind in _MARKS}
    runs = [shape.run for shape in events.known]
    clocks = {run: _Clock() for run in runs}
    single = next(iter(clocks.values())) if len(clocks) == 1 else None
    times = array.array("d")
    here = 0
    for place in [*(i for i, shape in enumerate(shapes) if shape in special), len(shapes)]:
        if single is not None:  # as most have one run: a stretch has one clock, then
            base, real, speed = single.then - single.begun, single.real, single.speed
            times.extend([base + (each - real) * speed for each in moments[here:place]])
        else:
            stretch = range(here, place)
            times.extend([clocks[runs[shapes[i]]].at(moments[i]) for i in stretch])
        if place < len(shapes):
            times.append(_set(clocks[runs[shapes[place]]], events, place))
        here = place + 1
    return times


def _set(clock: _Clock, events: Events, index: int) -> float:
    """Follow an event that says how time goes; gives its own time."""
    moment, shape = events.moments[index], events.known[events.shapes[index]]
    if shape.kind is ShapeKind.MARK:
        clock.real, clock.speed = moment, events.seconds[index]
    elif shape.kind is ShapeKind.MARK_TIME:
        clock.then = moment
    elif shape.detail == "began":
        clock.begun = moment
        return 0.0
    else:
        return clock.at(moment)
    return clock.then - clock.begun
