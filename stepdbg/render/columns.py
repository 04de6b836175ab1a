"""Which task steps when in a schedule, as a table with a column for each task.

Owns: the look of the table.  Does not own: its rows (launcher.exploring.columns).
"""

from __future__ import annotations

from collections.abc import Sequence

from stepdbg.model.exploring import Explained, Row

from .spans import Line, clip_text, text, width_of

_MOST_COLUMNS = 12
_MOST_ROWS = 40
_NARROW = 14
"""Narrower cells show only line numbers."""

_MARGIN = 5


def order_of_steps(explained: Explained, width: int) -> list[Line]:
    """The lines of the table; none if it has no rows.

    width: in columns of the terminal.
    """
    rows = explained.rows
    if not rows:
        return []
    shown = _columns(explained, width)
    digits = len(str(rows[-1].step))
    cell = max(6, (width - _MARGIN - digits - 4) // len(shown) - 2)
    head = "which task steps, with a column for each:"
    if len(shown) < len(explained.columns):
        head = f"which task steps, with columns for {len(shown)} of {len(explained.columns)} tasks:"
    lines = [text("   " + head, "title")]
    heads = (" ".join(part for part in explained.columns[each] if part) for each in shown)
    blank = " " * (3 + _MARGIN + 1 + digits)
    lines.append(
        text(clip_text(blank + "".join("  " + _fit(each, cell) for each in heads), width), "dim")
    )
    one_file = len({row.line.partition(":")[0] for row in rows if row.line}) < 2
    before = -1
    for place in _of_interest(rows):
        if place > before + 1:
            lines.append(text(f"   … {_some(place - before - 1)}", "dim"))
        lines.append(_row(rows[place], shown, cell, digits, width, one_file=one_file))
        before = place
    if before + 1 < len(rows):
        lines.append(text(f"   … {_some(len(rows) - before - 1)}", "dim"))
    return lines


def _some(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _columns(explained: Explained, width: int) -> Sequence[int]:
    """The columns to show: all if they fit, else those of the tasks of interest."""
    every = range(len(explained.columns))
    room = min(_MOST_COLUMNS, max(2, (width - _MARGIN - 8) // (_NARROW + 2)))
    if len(every) <= room:
        return every
    wanted: dict[int, None] = {}
    rows = explained.rows
    for row in (
        *(row for row in rows if row.mark),
        *(row for row in rows if row.why or row.delayed),
    ):
        wanted.update(dict.fromkeys((row.column, *row.delayed)))
    wanted.update(dict.fromkeys(every))
    return sorted(list(wanted)[:room])


def _of_interest(rows: Sequence[Row]) -> Sequence[int]:
    """The rows to show: all, or if they are too many, those of interest and their neighbours."""
    if len(rows) <= _MOST_ROWS:
        return range(len(rows))
    marked = [place for place, row in enumerate(rows) if row.mark]
    others = [place for place, row in enumerate(rows) if row.why or row.delayed]
    wanted: dict[int, None] = {}
    for place in (*marked, *others):
        near = range(max(0, place - 1), min(len(rows), place + 2))
        if len(wanted) + len(near) <= _MOST_ROWS:
            wanted.update(dict.fromkeys(near))
    for place in range(len(rows)):
        if len(wanted) >= _MOST_ROWS:
            break
        wanted[place] = None
    return sorted(wanted)


def _row(
    row: Row, shown: Sequence[int], cell: int, digits: int, width: int, *, one_file: bool
) -> Line:
    cells = []
    for column in shown:
        if column == row.column:
            cells.append(_fit(_cell(row, cell, one_file=one_file), cell))
        elif column in row.delayed:
            cells.append(_fit("delayed here", cell))
        else:
            cells.append(" " * cell)
    if row.column not in shown:
        cells[-1:] = [_fit("(another task)", cell)]
    margin = f"   {row.mark:<{_MARGIN}} {row.step:>{digits}}"
    line = clip_text((margin + "".join("  " + each for each in cells)).rstrip(), width)
    return text(line, "task") if row.mark else text(line)


def _cell(row: Row, cell: int, *, one_file: bool) -> str:
    """What a task does in this row, in a few words."""
    place, _, code = row.line.partition(": ")
    line = place.rpartition(":")[2] if one_file or cell < _NARROW else place
    doing = line if cell < _NARROW else f"{line} {code}".strip()
    if row.count > 1:
        doing = f"{row.count} steps from {doing}" if cell >= _NARROW else f"{doing} x{row.count}"
    return f"{row.why}: {doing}" if row.why else doing


def _fit(content: str, cell: int) -> str:
    shown = clip_text(content, cell)
    return shown + " " * (cell - width_of(shown))
