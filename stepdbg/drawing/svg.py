"""Lanes as a still picture: SVG.

Owns: `svg_of`.  Does not own: lanes (model).

States differ in shape and lightness, not only in colour: a step is a full bar, a runnable task a
hatched one of half the height, a wait a line, a sleep a dotted line, a cancellation crosses.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepdbg.model.lanes import Arrow, ArrowKind, Lane, LaneMark, LaneMarkKind, Lanes, LaneState
from stepdbg.model.standard import math

from .names import in_xml, line_of

FIRST_LINE = "<!-- a timeline, written by stepdbg -->"
"""The first line of the file: stepdbg overwrites a file only if it begins with it."""

_WIDTH = 1200
_NAMES = 220
_LANE = 20
_TOP = 40
_BELOW = 34
_LEAST = 0.6
"""The least width of a step, in pixels."""

_STYLE = """
svg { background: #fff; color: #1b1f24; font: 12px system-ui, sans-serif }
text { fill: currentColor } .faint { fill: #57606a } .grid { stroke: #d8dee4 }
.stripe { fill: #f3f5f8 }
.running { fill: #0b5394 } .runnable { fill: url(#runnable) } .cancelled { fill: url(#cancelled) }
.blocked, .asleep { fill: none; stroke: #6e7781; stroke-width: 1.5 }
.asleep { stroke-dasharray: 1.5 4 }
.dark { stroke: #d98200 } .hurt { stroke: #c1272d }
.spawn { stroke: #1a7f37 } .wake { stroke: #8250df } .cancel { stroke: #c1272d }
.arrow { fill: none; stroke-width: 1; opacity: .55 } .mark { stroke: #c1272d; fill: none }
.exit { stroke: currentColor; fill: none }
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; color: #e6edf3 }
.faint { fill: #9aa4af } .grid { stroke: #2b323b } .stripe { fill: #151b23 }
.running { fill: #6cb6ff } .blocked, .asleep { stroke: #9aa4af }
.dark { stroke: #f2b84b } .hurt { stroke: #ff7b72 }
.spawn { stroke: #56d364 } .wake { stroke: #c297ff } .cancel, .mark { stroke: #ff7b72 }
}
"""

_PATTERNS = """<defs>
<pattern id="runnable" width="5" height="5" patternUnits="userSpaceOnUse" \
patternTransform="rotate(45)"><path class="dark" d="M0 0V5" stroke-width="4"/></pattern>
<pattern id="cancelled" width="6" height="6" patternUnits="userSpaceOnUse">\
<path class="hurt" d="M0 0L6 6M6 0L0 6" stroke-width="1.4"/></pattern>
</defs>"""

_HEIGHTS = {LaneState.RUNNING: 14, LaneState.RUNNABLE: 7, LaneState.CANCELLED: 11}


def svg_of(lanes: Lanes, title: str) -> str:
    """The text of a file.  title: what it shows."""
    return "\n".join(_Drawing(lanes).parts(title)) + "\n"


class _Drawing:
    """One picture of some lanes."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        length = lanes.end - lanes.begin
        self._scale = (_WIDTH - _NAMES - 20) / length if length > 0 else 0.0
        self._rows = {lane.task.number: row for row, lane in enumerate(lanes.lanes)}
        self._height = _TOP + _LANE * len(lanes.lanes)

    def parts(self, title: str) -> Iterator[str]:
        """The lines of the image file, in order."""
        height = self._height + _BELOW
        yield FIRST_LINE
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" role="img">'
        )
        yield f"<title>{in_xml(title)}</title><style>{_STYLE}</style>{_PATTERNS}"
        yield f'<text x="8" y="16" font-weight="600">{in_xml(title)}</text>'
        yield from self._grid()
        for row, lane in enumerate(self._lanes.lanes):
            yield from self._lane(lane, _TOP + row * _LANE + _LANE // 2)
        yield from self._arrows()
        yield from _key(self._height + 20)
        yield "</svg>"

    def _x(self, time: float) -> float:
        return round(_NAMES + (time - self._lanes.begin) * self._scale, 2)

    def _grid(self) -> Iterator[str]:
        for row in range(1, len(self._lanes.lanes), 2):
            y = _TOP + row * _LANE
            yield f'<rect class="stripe" x="0" y="{y}" width="{_WIDTH}" height="{_LANE}"/>'
        step = _round_step((self._lanes.end - self._lanes.begin) / 8)
        tick = math.ceil(self._lanes.begin / step) * step if step else self._lanes.begin
        while step and tick <= self._lanes.end:
            x = self._x(tick)
            yield f'<path class="grid" d="M{x} {_TOP - 6}V{self._height}"/>'
            yield f'<text class="faint" x="{x + 3}" y="{_TOP - 8}">{_at(tick, step)}</text>'
            tick += step

    def _lane(self, lane: Lane, y: int) -> Iterator[str]:
        indent = 8 + 12 * min(lane.depth, 8)
        name = str(lane.task)
        room = (_NAMES - indent) // 7
        shown = name if len(name) <= room else "…" + name[len(name) - room + 1 :]
        yield f'<g><text x="{indent}" y="{y + 4}">{in_xml(shown)}</text>'
        yield f"<title>{in_xml(name)}</title>"
        yield from self._states(lane, y)
        for mark in lane.marks:
            yield from self._mark(mark, y)
        yield "</g>"

    def _states(self, lane: Lane, y: int) -> Iterator[str]:
        """One path for each state; spans too close to the one before to be seen are left out."""
        paths: dict[LaneState, list[str]] = {}
        drawn: dict[LaneState, float] = {}
        for span in lane.spans:
            begin, end = self._x(span.begin), self._x(span.end)
            if span.state is LaneState.RUNNING:
                end = max(end, round(begin + _LEAST, 2))
            if end <= drawn.get(span.state, -1.0) + 0.05:
                continue
            drawn[span.state] = end
            paths.setdefault(span.state, []).append(_bar(span.state, begin, end, y))
        for state in sorted(paths, key=lambda each: each is LaneState.RUNNING):
            yield f'<path class="{state}" d="{"".join(paths[state])}"/>'

    def _mark(self, mark: LaneMark, y: int) -> Iterator[str]:
        x = self._x(mark.time)
        if mark.kind is LaneMarkKind.EXITED:
            shape = f'<path class="exit" d="M{x} {y - 8}V{y + 8}"/>'
        elif mark.kind is LaneMarkKind.DEADLINE:
            shape = f'<circle class="mark" cx="{x}" cy="{y}" r="5"/>'
        elif mark.kind in (LaneMarkKind.CANCELLED, LaneMarkKind.CANCELS):
            shape = f'<path class="mark" d="M{x - 4} {y - 4}l8 8m0 -8l-8 8"/>'
        else:
            return
        parts = (str(mark.kind), mark.detail, line_of(mark.place))
        what = ", ".join(filter(None, parts))
        yield f"<g>{shape}<title>{in_xml(f'{what}, at {mark.time:.6f} s')}</title></g>"

    def _arrows(self) -> Iterator[str]:
        paths: dict[ArrowKind, list[str]] = {}
        seen: set[tuple[object, ...]] = set()
        for arrow in self._lanes.arrows:
            path = self._arrow(arrow)
            key = (arrow.kind, path)
            if path and key not in seen:
                seen.add(key)
                paths.setdefault(arrow.kind, []).append(path)
        for kind, found in paths.items():
            yield f'<path class="arrow {kind}" d="{"".join(found)}"/>'

    def _arrow(self, arrow: Arrow) -> str:
        source, target = self._rows.get(arrow.source), self._rows.get(arrow.target)
        if source is None or target is None or source == target:
            return ""
        x = round(self._x(arrow.time), 1)
        from_, to = (_TOP + row * _LANE + _LANE // 2 for row in (source, target))
        tip = 4 if to > from_ else -4
        return f"M{x} {from_}V{to}m-2 {-tip}l2 {tip}l2 {-tip}"


def _bar(state: LaneState, begin: float, end: float, y: int) -> str:
    height = _HEIGHTS.get(state)
    if height is None:
        return f"M{begin} {y}H{end}"
    return f"M{begin} {y - height / 2:g}H{end}v{height}H{begin}z"


def _round_step(least: float) -> float:
    """The first of 1, 2, 5, 10, … that is not below `least`; 0 if no time has passed."""
    if not 0 < least < 1e12:
        return 0.0
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * each for each in (1, 2, 5, 10) if size * each >= least * 0.999)


def _at(time: float, step: float) -> str:
    digits = min(max(-math.floor(math.log10(step)), 0), 9)
    return f"{time:.{digits}f} s"


def _key(y: int) -> Iterator[str]:
    x = 8
    for state in LaneState:
        bar = _bar(state, x, x + 26, y)
        yield f'<path class="{state}" d="{bar}"/>'
        yield f'<text x="{x + 32}" y="{y + 4}">{state}</text>'
        x += 110
    for kind in ArrowKind:
        yield f'<path class="arrow {kind}" d="M{x} {y - 7}V{y + 7}m-2 -4l2 4l2 -4"/>'
        yield f'<text x="{x + 10}" y="{y + 4}">{kind}</text>'
        x += 70
    yield (
        f'<circle class="mark" cx="{x + 5}" cy="{y}" r="5"/><text x="{x + 16}" y="{y + 4}">deadline'
        f'</text><path class="mark" d="M{x + 86} {y - 4}l8 8m0 -8l-8 8"/>'
        f'<text x="{x + 100}" y="{y + 4}">cancellation</text>'
    )
