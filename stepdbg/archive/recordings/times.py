"""When the events of a recording happened, in program time.

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
    """How the program time of a run goes.

    At the moment `real` it is `then`; from there on, `speed` seconds of it pass in a second.
    """

    def __init__(self) -> None:
        self.real = self.then = self.begun = 0.0
        self.speed = 1.0

    def at(self, moment: float) -> float:
        """Program seconds since the start of the run."""
        return self.then - self.begun + (moment - self.real) * self.speed


def program_times(events: Events) -> array.array[float]:
    """When each event happened, in program seconds since its run's start.  Raises `Damaged`."""
    moments, shapes = events.moments, events.shapes
    # A sum is quicker than a look at each moment, and is not finite if one of them is not.
    if not math.isfinite(sum(moments)) and not all(map(math.isfinite, moments)):
        raise Damaged("one of its moments is not a time")
    special = {i for i, shape in enumerate(events.known) if shape.kind in _MARKS}
    runs = [shape.run for shape in events.known]
    clocks = {run: _Clock() for run in runs}
    single = next(iter(clocks.values())) if len(clocks) == 1 else None
    times = array.array("d")
    here = 0
    for place in [*(i for i, shape in enumerate(shapes) if shape in special), len(shapes)]:
        if single is not None:  # most recordings have one run, and so one clock for the stretch
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
    """Set a clock by an event that says how time goes; return the event's own time."""
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
