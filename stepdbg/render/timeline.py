"""Lanes of tasks, drawn with letters.

Owns: the look of `TimelineShown`.  Does not own: pictures in files (drawing).
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from stepdbg.model.history import TimelineShown
from stepdbg.model.lanes import Lane, Lanes, LaneSpan, LaneState
from stepdbg.model.standard import math

from . import words
from .spans import EMPTY, Line, Span, clip, join, line_width, pad, text, wrap

_LOOKS: Final = {
    LaneState.BLOCKED: ("─", "dim"),
    LaneState.ASLEEP: ("·", "dim"),
    LaneState.RUNNABLE: ("░", "warn"),
    LaneState.CANCELLED: ("×", "error"),
    LaneState.RUNNING: ("█", "good"),
}
"""The letter of each state.  If several states share a column, the last of them in this order
shows, because a step takes microseconds and a sleep takes seconds."""

_WORDS: Final = {LaneState.RUNNING: "runs"}
"""The words of the key for states whose value is not the word itself."""

_RANKS: Final = {state: rank for rank, state in enumerate(_LOOKS)}

_LANES: Final = 40
"""How many lanes to draw at most."""

_WIDEST_STEP: Final = 4
"""How many columns a step takes at most, if there are few steps."""

_TICKS: Final = 14
"""How many columns are between two times above the lanes."""

_LEAST: Final = 8
"""How many columns a lane has at least."""


class _Scale:
    """Works out which columns of a lane a span takes.

    Args:
        lanes: the lanes to draw.
        to_scale: as in `TimelineShown`.
        room: how many columns there are.
    """

    def __init__(self, lanes: Lanes, *, to_scale: bool, room: int) -> None:
        self._to_scale = to_scale
        self._first = lanes.first - lanes.first % 2
        self._begin, length = lanes.begin, lanes.end - lanes.begin
        if to_scale:
            self.columns = room
            self._one = length / room if 0 < length < math.inf else 1.0
        else:
            steps = max((lanes.last - self._first + 1) // 2, 1)
            each = min(room // steps, _WIDEST_STEP)
            self.columns = min(max(each, 1) * steps, room)
            self._one = 2 * steps / self.columns
        runs = (
            (span.first, span.begin)
            for lane in lanes.lanes
            for span in lane.spans
            if span.state is LaneState.RUNNING
        )
        self._moments = sorted(runs)
        self._end = lanes.end

    def of(self, span: LaneSpan) -> tuple[int, int]:
        """The first column of a span, and the one after its last."""
        if self._to_scale:
            begin, end = span.begin - self._begin, span.end - self._begin
        else:
            begin, end = float(span.first - self._first), float(span.last - self._first)
        first = min(self._column(begin), self.columns - 1)
        return first, max(self._column(end, up=True), first + 1)

    def _column(self, length: float, *, up: bool = False) -> int:
        """The column at this distance from the beginning, rounded down or up."""
        column = length / self._one
        if not 0 < column < self.columns:  # also catches NaN, which a dump may have
            return self.columns if column > 0 else 0
        return math.ceil(column) if up else int(column)

    def time_of(self, column: int) -> float:
        """When a column begins."""
        if self._to_scale:
            return self._begin + column * self._one
        position = self._first + column * self._one
        index = bisect_left(self._moments, (position, 0.0))
        return self._moments[index][1] if index < len(self._moments) else self._end


def render_timeline(reply: TimelineShown, width: int) -> list[Line]:
    """A lane for each task under a line of times; then the key of the letters."""
    lanes = reply.lanes
    drawn = _drawn(lanes.lanes)
    if not drawn:
        return wrap(text("nothing was recorded of that"), width)
    names = [_name(lane) for lane in drawn]
    margin = min(max(map(line_width, names)), max(width // 3, 1)) + 2
    scale = _Scale(lanes, to_scale=reply.to_scale, room=max(width - margin, _LEAST))
    lines = [text(" " * margin) + _times(scale)]
    for lane, name in zip(drawn, names, strict=True):
        lines.append(pad(clip(name, margin - 2), margin) + _cells(lane, scale))
    return lines + _below(reply, drawn, scale, width)


def _drawn(lanes: tuple[Lane, ...]) -> list[Lane]:
    """The lanes for which there is room; lanes with steps come first."""
    if len(lanes) <= _LANES:
        return [*lanes]
    stepped = [lane for lane in lanes if any(map(_is_step, lane.spans))]
    return stepped[:_LANES]


def _is_step(span: LaneSpan) -> bool:
    return span.state is LaneState.RUNNING


def _name(lane: Lane) -> Line:
    return text("  " * min(lane.depth, 8)) + words.task(lane.task)


def _times(scale: _Scale) -> Line:
    line: Line = EMPTY
    for column in range(0, max(scale.columns - _TICKS // 2, 1), _TICKS):
        line = pad(line, column) + words.moment(scale.time_of(column))
    return line


def _cells(lane: Lane, scale: _Scale) -> Line:
    states: list[LaneState | None] = [None] * scale.columns
    for span in lane.spans:
        first, behind = scale.of(span)
        rank = _RANKS[span.state]
        for column in range(first, behind):
            there = states[column]
            if there is None or _RANKS[there] < rank:
                states[column] = span.state
    line: list[Span] = []
    for state in states:
        sign, style = (" ", "") if state is None else _LOOKS[state]
        if line and line[-1].style == style:
            line[-1] = Span(style, line[-1].text + sign)
        else:
            line.append(Span(style, sign))
    return tuple(line)


def _below(reply: TimelineShown, drawn: list[Lane], scale: _Scale, width: int) -> list[Line]:
    lanes = reply.lanes
    steps = sum(_is_step(span) for lane in lanes.lanes for span in lane.spans)
    used = {span.state for lane in drawn for span in lane.spans}
    key = join([_key(state) for state in reversed(_LOOKS) if state in used], "  ")
    if reply.to_scale:
        one = (lanes.end - lanes.begin) / scale.columns
        how = text(f"{words.count(steps, 'step')}; a column is ") + words.duration(one)
    else:
        how = text(f"{words.count(steps, 'step')}, not to scale")
    return wrap(key, width) + wrap(join((how, _left_out(lanes, drawn)), "; "), width)


def _key(state: LaneState) -> Line:
    sign, style = _LOOKS[state]
    return (Span(style, sign), Span("dim", f" {_WORDS.get(state, state)}"))


def _left_out(lanes: Lanes, drawn: list[Lane]) -> Line:
    more = len(lanes.lanes) - len(drawn)
    if not more:
        return EMPTY
    noun = "more task is" if more == 1 else "more tasks are"
    return text(f"{more} {noun} not shown (`timeline 60 NAME…` chooses)", "dim")
