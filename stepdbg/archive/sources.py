"""Which source text is kept with a picture.

Owns: choosing and cutting it, and giving it back line by line.
Does not own: reading files (the `Inspector` does).

Files of own frames are kept whole.  Of a library file, only the functions on a stack are kept, with
some lines around them.  A file that is too big is treated like a library file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from .shapes import SourcePiece, SourceText

WHOLE_FILE_CHARACTERS = 1_000_000
"""How big a file may be that is kept whole."""

TOTAL_CHARACTERS = 10_000_000
"""How much is kept of all files together, at most."""

AROUND = 11
"""Lines kept around a function: as many as `list` shows."""

NOT_KEPT = "…"
"""Stands for a line that was not kept."""

Span = tuple[int, int]
Read = Callable[[str], tuple[str, ...]]


def gather(
    own: Iterable[str], spans: Mapping[str, set[Span]], read: Read
) -> tuple[SourceText, ...]:
    """The source text of a picture.

    Args:
        own: files to keep whole.
        spans: first and last lines of functions, by file.
        read: gives the lines of a file, none when there is no source.
    """
    left = TOTAL_CHARACTERS
    whole = sorted(set(own))
    found: list[SourceText] = []
    for filename in (*whole, *sorted(set(spans).difference(whole))):
        lines = read(filename)
        size = sum(map(len, lines)) + len(lines)
        entire = filename in whole and size <= min(left, WHOLE_FILE_CHARACTERS)
        wanted = [(1, len(lines))] if entire else _merged(spans.get(filename, ()), len(lines))
        pieces = tuple(
            SourcePiece(first, "\n".join(lines[first - 1 : last])) for first, last in wanted
        )
        taken = sum(len(piece.text) for piece in pieces)
        if lines and pieces and taken <= left:
            left -= taken
            found.append(SourceText(filename, len(lines), pieces))
    return tuple(found)


def _merged(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans with lines around them, none touching the next."""
    merged: list[Span] = []
    around = ((max(first - AROUND, 1), min(last + AROUND, length)) for first, last in spans)
    for first, last in sorted(span for span in around if span[0] <= span[1]):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def merged(first: Iterable[SourceText], second: Iterable[SourceText]) -> tuple[SourceText, ...]:
    """The source text of two pictures together.  If both have a file, it gets the lines of both."""
    found: dict[str, SourceText] = {}
    for source in (*first, *second):
        known = found.get(source.filename)
        if known is None or len(known.pieces) == 0 or is_whole(source):
            found[source.filename] = source
        elif not is_whole(known) and known.length == source.length:
            found[source.filename] = _together(known, source)
    return tuple(found.values())


def _together(one: SourceText, other: SourceText) -> SourceText:
    """One text with the pieces of two texts of the same file."""
    spans = {
        (piece.first, piece.first + piece.text.count("\n"))
        for each in (one, other)
        for piece in each.pieces
    }
    lines = [
        here if here != NOT_KEPT else there
        for here, there in zip(lines_of(one), lines_of(other), strict=True)
    ]
    kept: list[SourcePiece] = []
    end = 0
    for first, last in sorted(spans):
        begin = max(first, end + 1)
        if begin <= last:
            kept.append(SourcePiece(begin, "\n".join(lines[begin - 1 : last])))
            end = last
    return SourceText(one.filename, one.length, tuple(kept))


def is_whole(source: SourceText) -> bool:
    """Whether all lines of a file were kept."""
    return len(source.pieces) == 1 and source.pieces[0].text.count("\n") + 1 == source.length


def file_called(name: str, kept: Sequence[SourceText]) -> SourceText | None:
    """A file by its full name, or by the end of its path if that fits only one file."""
    for each in kept:
        if each.filename == name:
            return each
    likely = [each for each in kept if name and f"/{each.filename}".endswith(f"/{name}")]
    return likely[0] if len(likely) == 1 else None


def lines_of(source: SourceText) -> tuple[str, ...]:
    """The lines of a file; lines that the dump does not have are `NOT_KEPT`."""
    lines: list[str] = []
    for piece in source.pieces:
        lines += [NOT_KEPT] * (piece.first - 1 - len(lines))
        lines += piece.text.split("\n")
    lines += [NOT_KEPT] * (source.length - len(lines))
    return tuple(lines)
