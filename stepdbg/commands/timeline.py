"""`timeline` and `export`: what has happened, as a picture.

Owns: how far back to look, and which file gets it.
Does not own: recording (engine), making lanes (model.lane_making), drawing them (render, drawing).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage, NotNow, StepdbgError
from stepdbg.model.history import STEP_ENDS, Log, LogKind, TimelineShown
from stepdbg.model.lane_making import lanes_of
from stepdbg.model.lanes import Lanes, LaneState, since
from stepdbg.model.protocols import Inspector
from stepdbg.model.replies import Message
from stepdbg.model.standard import contextlib, re
from stepdbg.model.whole_files import replace_own

from . import durations, grammar, history
from .request import Request, Result, number_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.model.facts import TaskNumber
    from stepdbg.model.history import EndedTask
    from stepdbg.model.task import TaskSnapshot

_STEPS = 60
"""How many steps are shown unless somebody says how many; as many columns as most terminals have
besides the names."""

_SECONDS = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:us|ms|s|m)")


def timeline(request: Request) -> Result:
    """`timeline [-a] [N [steps] | TIME] [TASK…]`."""
    steps, seconds, names = _asked(request.words())
    inspector, system = request.desk.inspector, history.ALL in request.options
    chosen = _chosen(inspector, names)
    now = inspector.run().time
    log = _log_back_to(inspector, chosen, steps, None if seconds is None else now - seconds, system)
    lanes = _lanes(inspector, log, now, system=system or chosen is not None)
    if seconds is not None:
        return TimelineShown(since(lanes, time=now - seconds, chosen=chosen), to_scale=True)
    begin = _begin_of_last(lanes, steps, chosen)
    return TimelineShown(since(lanes, position=begin, chosen=chosen), to_scale=False)


def export(request: Request) -> Result:
    """`export timeline FILE`, `export perfetto FILE`."""
    from stepdbg.drawing.pictures import PICTURES, painter_of

    what, *files = grammar.words(request.need_rest("what to write: timeline or perfetto"))
    if what not in PICTURES:
        raise BadUsage(f"{grammar.quoted(what)} is not a picture; say `export timeline out.html`")
    if len(files) != 1:
        raise BadUsage(f"`export {what}` needs the name of one file")
    (filename,) = files
    inspector = request.desk.inspector
    painter = painter_of(what, filename)
    lanes = whole(inspector)
    if not lanes.lanes:
        raise NotNow("nothing has happened yet that could be drawn")
    content = painter.paint([(request.desk.run_id(), lanes)]).encode()
    replace_own(filename, content, ours=(painter.first_line,))
    size = len(content) / 1000
    return Message(f"{_described(lanes)} written to {filename} ({size:,.0f} kB)")


def whole(inspector: Inspector) -> Lanes:
    """Everything that is kept of a run, Trio's own tasks left out.

    Raises `NotNow` where nothing was recorded.
    """
    return _lanes(inspector, inspector.log(), inspector.run().time, system=False)


def _described(lanes: Lanes) -> str:
    """``412 steps of 7 tasks``."""
    steps = sum(span.state is LaneState.RUNNING for lane in lanes.lanes for span in lane.spans)
    tasks = len(lanes.lanes)
    return f"{steps:,} {_plural(steps, 'step')} of {tasks:,} {_plural(tasks, 'task')}"


def _plural(number: int, noun: str) -> str:
    return noun if number == 1 else noun + "s"


def _asked(words: list[str]) -> tuple[int, float | None, list[str]]:
    """How many steps or seconds, and the tasks.  Raises `BadUsage`."""
    if not words:
        return _STEPS, None, []
    first, *rest = words
    unit = rest[0] if rest else ""
    if first.isdecimal() and unit in ("s", "ms", "us", "m"):
        first, rest = first + unit, rest[1:]
    if _SECONDS.fullmatch(first) and len(first) < 20:
        return 0, durations.seconds(first), rest
    if not first.isdecimal():
        return _STEPS, None, words
    steps = number_in(first, "number of steps")
    if not steps:
        raise BadUsage("`timeline` needs at least one step: say `timeline 100`")
    return steps, None, rest[1:] if unit in ("step", "steps") else rest


def _chosen(inspector: Inspector, names: list[str]) -> set[TaskNumber] | None:
    """The numbers of the tasks that were named; None: all.  Raises `NoSuchTask`."""
    if not names:
        return None
    return {label.number for name in names for label in history.living_and_ended(inspector, name)}


def _log_back_to(
    inspector: Inspector,
    chosen: set[TaskNumber] | None,
    steps: int,
    begin: float | None,
    system: bool,
) -> Log:
    """The log as far back as it is needed: to read all of a long one takes seconds.

    steps, begin: so many steps of the chosen tasks, or a moment.
    """
    most = max(1_000, 8 * steps)
    system = system or chosen is not None
    while True:
        log = inspector.log(None, most, system=system)
        entries = log.entries
        if not log.earlier or (begin is not None and entries and entries[0].time < begin):
            return log
        ended = sum(
            each.kind in STEP_ENDS
            and each.task is not None
            and (chosen is None or each.task.number in chosen)
            for each in entries
        )
        if begin is None and ended > steps:
            return log
        most *= 8


def _lanes(inspector: Inspector, log: Log, now: float, *, system: bool) -> Lanes:
    living: tuple[TaskSnapshot, ...] = ()
    ended: tuple[EndedTask, ...] = ()
    with contextlib.suppress(StepdbgError):  # the run is over
        living = inspector.tasks(system=system)
    with contextlib.suppress(StepdbgError):
        ended = inspector.ended(system=True)
    first = log.entries[0] if log.entries else None
    complete = not log.earlier and first is not None and first.kind is LogKind.RECORDING
    return lanes_of(log.entries, now=now, living=living, ended=ended, complete=complete)


def _begin_of_last(lanes: Lanes, steps: int, chosen: set[TaskNumber] | None) -> int:
    """The position at which the last so many steps of the chosen tasks begin."""
    begins = sorted(
        span.first
        for lane in lanes.lanes
        if chosen is None or lane.task.number in chosen
        for span in lane.spans
        if span.state is LaneState.RUNNING
    )
    return begins[-steps] if len(begins) > steps else 0
