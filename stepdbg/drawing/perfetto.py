"""Lanes as Chrome trace events, which Perfetto and chrome://tracing show.

Owns: `trace_of`.  Does not own: the viewer.

The format: "Trace Event Format" of the Chromium project.  A task is a thread, what it does are
complete events (``X``), arrows are flows (``s`` and ``f``), marks are instants (``i``).  Times are
in microseconds; Perfetto reads fractions of them.

Perfetto sorts events by their times, and keeps the order of the file if times are equal.  It
ties an end of a flow to the slice of that thread that it has read last, and takes an instant for a
slice.  It drops a flow if it reads the end before the beginning.  So events are written in order,
and each end of a flow comes right after its slice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from stepdbg.model.facts import RunId
from stepdbg.model.lanes import Arrow, Lane, LaneMark, Lanes, LaneSpan, LaneState
from stepdbg.model.standard import json

from .names import line_of

FIRST_LINE = '{"otherData": {"writer": "stepdbg"}, "displayTimeUnit": "ns", "traceEvents": ['
"""The first line of the file: stepdbg overwrites a file only if it begins with it."""

_Event = dict[str, object]
_Timed = tuple[float, int, int, _Event]
"""An event after its time, its position in the run, and its rank among those that share both."""

_SLICE, _FLOW, _INSTANT = range(3)


def trace_of(lanes: Lanes, run: RunId) -> str:
    """The text of a file.  run: the run that the lanes show."""
    events = _events(lanes, int(run))
    encode = json.JSONEncoder(separators=(",", ":")).encode
    return FIRST_LINE + "\n" + ",\n".join(map(encode, events)) + "\n]}\n"


def _events(lanes: Lanes, run: int) -> Iterator[_Event]:
    yield _named("process_name", run, 0, name=f"run {run}")
    timed: list[_Timed] = []
    for index, lane in enumerate(lanes.lanes):
        number = lane.task.number
        yield _named("thread_name", run, number, name=str(lane.task))
        yield _named("thread_sort_index", run, number, sort_index=index)
        timed += (_slice(span, run, lane) for span in lane.spans)
        timed += (_instant(mark, run, lane) for mark in lane.marks)
    spans = {lane.task.number: lane.spans for lane in lanes.lanes}
    for flow, arrow in enumerate(lanes.arrows, 1):
        source = _span_at(spans.get(arrow.source, ()), arrow.position)
        target = _span_at(spans.get(arrow.target, ()), arrow.position)
        if source is not None and target is not None:
            timed += _flow(arrow, run, flow, source, target)
    timed.sort(key=lambda each: each[:3])
    for *_, event in timed:
        yield event


def _span_at(spans: Sequence[LaneSpan], position: int) -> LaneSpan | None:
    """The span that a task is in at a position, or the last one before that."""
    index = bisect_right(spans, position, key=lambda span: span.first)
    return spans[index - 1] if index else None


def _named(what: str, run: int, thread: int, **values: object) -> _Event:
    return {"ph": "M", "name": what, "pid": run, "tid": thread, "args": values}


def _time(seconds: float) -> float:
    return round(seconds * 1e6, 3)


def _slice(span: LaneSpan, run: int, lane: Lane) -> _Timed:
    begin, end = _time(span.begin), _time(span.end)
    runs = span.state is LaneState.RUNNING
    name = f"step {span.step}" if runs else (span.wait or str(span.state))
    facts: _Event = {"step": span.step}
    for word, value in (
        ("line", line_of(span.place)),
        ("then waits in" if runs else "wait", span.wait),
        ("woken by", span.woken),
    ):
        if value:
            facts[word] = value
    event: _Event = {
        "ph": "X",
        "name": name,
        "cat": str(span.state),
        "pid": run,
        "tid": lane.task.number,
        "ts": begin,
        "dur": round(end - begin, 3),
        "args": facts,
    }
    return begin, span.first, _SLICE, event


def _instant(mark: LaneMark, run: int, lane: Lane) -> _Timed:
    name = f"{mark.kind}: {mark.detail}" if mark.detail else str(mark.kind)
    where = {"line": line_of(mark.place)} if mark.place is not None else {}
    time = _time(mark.time)
    event: _Event = {
        "ph": "i",
        "s": "t",
        "name": name,
        "cat": "mark",
        "pid": run,
        "tid": lane.task.number,
        "ts": time,
        "args": where,
    }
    return time, mark.position, _INSTANT, event


def _flow(
    arrow: Arrow, run: int, number: int, source: LaneSpan, target: LaneSpan
) -> Iterator[_Timed]:
    """Both ends of a flow.  source, target: the spans that it leads from and to."""
    common: _Event = {"cat": "flow", "name": str(arrow.kind), "id": number, "pid": run}
    begin = _time(source.begin)
    yield begin, source.first, _FLOW, {"ph": "s", **common, "tid": arrow.source, "ts": begin}
    end, position = max((begin, source.first), (_time(target.begin), target.first))
    yield end, position, _FLOW, {"ph": "f", "bp": "e", **common, "tid": arrow.target, "ts": end}
