"""Lanes as a page for a browser, which can be zoomed and searched.

Owns: `page_of`, `source_of`, and what the numbers in the page mean.
Does not own: how it looks and what it does (the files in ``page_source``).

The page is one file that loads nothing else.  It has what is drawn as JSON, with numbers in long
rows, because a page may show a hundred thousand events at once:

- a text is its index in ``texts``; the first one is empty;
- a time is a whole number of nanoseconds since the first moment of the lanes, a position counts
  from that moment;
- a span is nine numbers: its state, the time from the end of the span before it, its length, the
  same two for its positions, its step, and the texts of its line, its wait and its wake;
- a mark is five: its kind (a text), time, position, and the texts of its line and its detail;
- an arrow is seven: its kind, the time since the arrow before it, the same for its position, the
  tasks from which and to which it leads, its step, and the text of its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stepdbg.model.errors import StepdbgError
from stepdbg.model.lanes import Arrow, ArrowKind, Lane, LaneMark, Lanes, LaneSpan, LaneState
from stepdbg.model.ours import FOLDER
from stepdbg.model.standard import json, math, os, re
from stepdbg.model.values import harmless

from .names import in_xml, line_of

FIRST_LINE = "<!DOCTYPE html><!-- a timeline, written by stepdbg -->"
"""The first line of the page: stepdbg overwrites a file only if it begins with it."""

_UNIT = 1_000_000_000
"""Parts of a second in which times are counted."""

_STATES = {
    state: index
    for index, state in enumerate(
        (
            LaneState.RUNNING,
            LaneState.RUNNABLE,
            LaneState.BLOCKED,
            LaneState.ASLEEP,
            LaneState.CANCELLED,
        )
    )
}
_KINDS = {
    kind: index for index, kind in enumerate((ArrowKind.SPAWN, ArrowKind.WAKE, ArrowKind.CANCEL))
}


def page_of(runs: Sequence[tuple[str, Lanes]], title: str) -> str:
    """The text of a file.

    Args:
        runs: the lanes of each run, with its title; at least one.
        title: the title of the page.

    Raises:
        StepdbgError: the page's own files cannot be read.
    """
    shown = {
        "title": harmless(title),
        "unit": _UNIT,
        "runs": [_Packing(lanes).packed(name) for name, lanes in runs],
    }
    text = json.JSONEncoder(separators=(",", ":")).encode(shown).replace("<", "\\u003c")
    parts = {
        "title": in_xml(title),
        "css": source_of("page.css"),
        "js": source_of("page.js"),
        "runs": text,
    }
    return re.sub("@@([a-z]+)@@", lambda mark: parts[mark[1]], source_of("page.html"))


def source_of(name: str) -> str:
    """The text of a file of ``page_source``.  Raises `StepdbgError`."""
    path = os.path.join(FOLDER, "drawing", "page_source", name)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        reason = error.strerror or error
        raise StepdbgError(f"stepdbg's own file {path} cannot be read: {reason}") from None


class _Packing:
    """Packs the lanes of one run into rows of numbers."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._texts: dict[str, int] = {"": 0}

    def packed(self, title: str) -> dict[str, object]:
        """What the page has of the lanes."""
        lanes = self._lanes
        packed = [self._lane(lane) for lane in lanes.lanes]
        arrows = self._arrows(lanes.arrows)
        return {
            "title": harmless(title),
            "begin": lanes.begin if math.isfinite(lanes.begin) else 0.0,
            "end": self._time(lanes.end),
            "last": lanes.last - lanes.first,
            "complete": lanes.complete,
            "lanes": packed,
            "arrows": arrows,
            "texts": [*self._texts],
        }

    def _text(self, text: str) -> int:
        return self._texts.setdefault(harmless(text), len(self._texts))

    def _time(self, seconds: float) -> int:
        length = seconds - self._lanes.begin
        return round(length * _UNIT) if math.isfinite(length) else 0

    def _lane(self, lane: Lane) -> list[object]:
        name, outcome = harmless(str(lane.task)), harmless(lane.outcome)
        spans, marks = self._spans(lane.spans), self._marks(lane.marks)
        return [lane.task.number, name, lane.depth, outcome, spans, marks]

    def _spans(self, spans: Iterable[LaneSpan]) -> list[int]:
        numbers: list[int] = []
        time = 0
        position = self._lanes.first
        for span in spans:
            begin, end = self._time(span.begin), self._time(span.end)
            numbers += (
                _STATES[span.state],
                begin - time,
                end - begin,
                span.first - position,
                span.last - span.first,
                span.step,
                self._text(line_of(span.place)),
                self._text(span.wait),
                self._text(span.woken),
            )
            time, position = end, span.last
        return numbers

    def _marks(self, marks: Iterable[LaneMark]) -> list[int]:
        numbers: list[int] = []
        for mark in marks:
            numbers += (
                self._text(mark.kind),
                self._time(mark.time),
                mark.position - self._lanes.first,
                self._text(line_of(mark.place)),
                self._text(mark.detail),
            )
        return numbers

    def _arrows(self, arrows: Iterable[Arrow]) -> list[int]:
        numbers: list[int] = []
        time = 0
        position = self._lanes.first
        for arrow in arrows:
            when = self._time(arrow.time)
            numbers += (
                _KINDS[arrow.kind],
                when - time,
                arrow.position - position,
                arrow.source,
                arrow.target,
                arrow.step,
                self._text(line_of(arrow.place)),
            )
            time, position = when, arrow.position
        return numbers
