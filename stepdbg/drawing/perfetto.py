"""Lanes as Chrome trace events, which Perfetto and chrome://tracing show.

Owns: `trace_of`.  Does not own: the viewer.

The format: "Trace Event Format" of the Chromium project.  A task is a thread, what it does are
complete events (``X``), arrows are flows (``s`` and ``f``), marks are instants (``i``).  Times are
in microseconds; Perfetto reads fractions of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.lanes import Arrow, Lane, LaneMark, Lanes, LaneSpan, LaneState
from stepdbg.model.standard import json

from .names import line_of

FIRST_LINE = '{"otherData": {"writer": "stepdbg"}, "displayTimeUnit": "ns", "traceEvents": ['
"""By which a file is known as ours."""

_Event = dict[str, object]


def trace_of(lanes: Lanes, run: RunId) -> str:
    """The text of a file.  run: whose lanes they are."""
    events = _events(lanes, int(run))
    encode = json.JSONEncoder(separators=(",", ":")).encode
    return FIRST_LINE + "\n" + ",\n".join(map(encode, events)) + "\n]}\n"


def _events(lanes: Lanes, run: int) -> Iterator[_Event]:
    yield _named("process_name", run, 0, name=f"run {run}")
    steps: dict[tuple[TaskNumber, int], LaneSpan] = {}
    for index, lane in enumerate(lanes.lanes):
        number = lane.task.number
        yield _named("thread_name", run, number, name=str(lane.task))
        yield _named("thread_sort_index", run, number, sort_index=index)
        for span in lane.spans:
            if span.state is LaneState.RUNNING:
                steps[number, span.first] = span
            yield _slice(span, run, lane)
        for mark in lane.marks:
            yield _instant(mark, run, lane)
    there = {lane.task.number for lane in lanes.lanes}
    for flow, arrow in enumerate(lanes.arrows, 1):
        if arrow.source in there and arrow.target in there:
            # A flow begins in the slice that is there at its time, so it must not be beside it.
            step = steps.get((arrow.source, arrow.position - 1))
            yield from _flow(arrow, run, flow, step)


def _named(what: str, run: int, thread: int, **values: object) -> _Event:
    return {"ph": "M", "name": what, "pid": run, "tid": thread, "args": values}


def _time(seconds: float) -> float:
    return round(seconds * 1e6, 3)


def _slice(span: LaneSpan, run: int, lane: Lane) -> _Event:
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
    return {
        "ph": "X",
        "name": name,
        "cat": str(span.state),
        "pid": run,
        "tid": lane.task.number,
        "ts": begin,
        "dur": round(end - begin, 3),
        "args": facts,
    }


def _instant(mark: LaneMark, run: int, lane: Lane) -> _Event:
    name = f"{mark.kind}: {mark.detail}" if mark.detail else str(mark.kind)
    where = {"line": line_of(mark.place)} if mark.place is not None else {}
    return {
        "ph": "i",
        "s": "t",
        "name": name,
        "cat": "mark",
        "pid": run,
        "tid": lane.task.number,
        "ts": _time(mark.time),
        "args": where,
    }


def _flow(arrow: Arrow, run: int, number: int, step: LaneSpan | None) -> Iterator[_Event]:
    begin = arrow.time if step is None else min(max(arrow.time, step.begin), step.end)
    common: _Event = {"cat": "flow", "name": str(arrow.kind), "id": number, "pid": run}
    yield {"ph": "s", **common, "tid": arrow.source, "ts": _time(begin)}
    yield {"ph": "f", "bp": "e", **common, "tid": arrow.target, "ts": _time(arrow.time)}
