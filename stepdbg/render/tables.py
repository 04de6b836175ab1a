"""Tables with aligned columns, some of which shrink or disappear on a narrow screen.

Owns: laying cells out in columns within a width.  Does not own: the content of a cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import itertools

from .spans import EMPTY, Line, clip, line_width, pad, text, trimmed, wrap

GAP = 2
"""How many blanks are between two columns."""


class Column(NamedTuple):
    """How a column behaves if the terminal is narrow.

    least: the width below which it does not shrink; 0: it never shrinks.
    comfortable: the width to which it shrinks before any column shrinks further; 0: none.
    optional: it is left out if it cannot have `least` columns.
    rank: columns shrink in this order, lowest first.
    right: align at the right, for numbers.
    keep_end: cut off the beginning, not the end.
    """

    least: int = 0
    optional: bool = False
    rank: int = 0
    right: bool = False
    keep_end: bool = False
    comfortable: int = 0


def table(
    rows: Sequence[Sequence[Line]], columns: Sequence[Column], width: int, *, indent: int = 0
) -> list[Line]:
    """The rows, one line each and in order, in aligned columns.

    A column that is empty in every row takes no room.  indent: blanks before every line.
    """
    widths = [max((line_width(row[i]) for row in rows), default=0) for i in range(len(columns))]
    _shrink(widths, columns, width - indent)
    margin = text(" " * indent)
    return [clip(margin + _row(row, columns, widths), width) for row in rows]


def _total(widths: Sequence[int]) -> int:
    shown = [width for width in widths if width]
    return sum(shown) + GAP * max(len(shown) - 1, 0)


def _shrink(widths: list[int], columns: Sequence[Column], room: int) -> None:
    """Shrink the columns, in place, until they fit or cannot shrink any further.

    A column that is left out may free more room than necessary.  That room goes back to the
    columns that shrank before, beginning with the last one.
    """
    natural = list(widths)
    ranked = sorted(range(len(columns)), key=lambda index: columns[index].rank)
    for index in ranked:
        comfortable = columns[index].comfortable
        if 0 < comfortable < widths[index]:
            excess = max(_total(widths) - room, 0)
            widths[index] = max(widths[index] - excess, comfortable)
    for index in ranked:
        excess = _total(widths) - room
        if excess > 0 and columns[index].least and widths[index]:
            widths[index] = _narrowed(widths[index], columns[index], excess)
    for index in reversed(ranked):
        spare = room - _total(widths)
        if spare > 0 and widths[index]:
            widths[index] = min(widths[index] + spare, natural[index])


def _narrowed(width: int, column: Column, excess: int) -> int:
    """The width of a column after it shrinks by `excess` as far as it can; 0: left out."""
    if width - excess >= column.least:
        return width - excess
    return 0 if column.optional else min(width, column.least)


def _row(row: Sequence[Line], columns: Sequence[Column], widths: Sequence[int]) -> Line:
    shown = [index for index, width in enumerate(widths) if width]
    while shown and not row[shown[-1]]:
        shown.pop()  # no blanks at the end of a line
    line: Line = EMPTY
    for index in shown:
        column = columns[index]
        cell = clip(row[index], widths[index], keep_end=column.keep_end)
        if column.right or index != shown[-1]:
            cell = pad(cell, widths[index], right=column.right)
        line += text(" " * GAP) + cell if line else cell
    return line


def pairs(rows: Sequence[tuple[Line, Line]], width: int, *, indent: int = 2) -> list[Line]:
    """Keys with their texts, as the lines of `pair_blocks`."""
    return [line for block in pair_blocks(rows, width, indent=indent) for line in block]


def pair_blocks(
    rows: Sequence[tuple[Line, Line]], width: int, *, indent: int = 2
) -> list[list[Line]]:
    """Keys with their texts: the second column is wrapped, and each row is a block of lines.

    If the second column would be too narrow, the text goes below its key instead.
    """
    key_width = max((line_width(key) for key, _ in rows), default=0)
    start = indent + key_width + GAP
    return [_pair(text(" " * indent) + key, value, start, width) for key, value in rows]


def _pair(head: Line, value: Line, start: int, width: int) -> list[Line]:
    if not value:
        return [clip(head, width)]
    if width - start < 24:
        return [clip(head, width), *wrap(value, width, indent=2 * GAP)]
    first, *more = wrap(value, width - start)
    below = [text(" " * start) + line for line in more]
    return [pad(head, start) + first, *below]


def wrapped_rows(rows: Sequence[Sequence[Line]], width: int, *, indent: int) -> list[list[Line]]:
    """Cells in columns, each wrapped: each row is a block of lines.

    The last column gets the remaining room; no other column takes more than a third.
    """
    if not rows:
        return []
    *firsts, _ = zip(*rows, strict=True)
    widths = [min(max(map(line_width, cells)), width // 3) for cells in firsts]
    widths.append(width - indent - sum(widths) - GAP * len(widths))
    return [_wrapped(row, widths, indent) for row in rows]


def _wrapped(cells: Sequence[Line], widths: Sequence[int], indent: int) -> list[Line]:
    columns = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for parts in itertools.zip_longest(*columns, fillvalue=EMPTY):
        line = text(" " * (indent - GAP))
        for part, width in zip(parts, widths, strict=True):
            line += text(" " * GAP) + pad(part, width)
        lines.append(trimmed(line))
    return lines
