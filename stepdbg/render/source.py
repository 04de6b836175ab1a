"""Listings: numbered source with a mark at the line of a frame.

Owns: the look of source code and of one frame.  Does not own: which lines to show (commands) or
the colours of Python (frontends.repl).
"""

from __future__ import annotations

from functools import lru_cache

from stepdbg.model.replies import FrameShown, Listing
from stepdbg.model.task import Place, SourceAge

from . import words
from .spans import EMPTY, Line, clip, clip_text, line_width, plain_line, text, wrap

_WRAPPED = 4
"""How many columns further to indent the continuation of a wrapped line."""

_LONGEST = 1_000
"""How many columns of the current line to show at most."""

MARK = "->"
"""Marks what the user is looking at: a line, a frame, a task, a run."""


@lru_cache(maxsize=64)  # successive stops show the same listings
def listing_lines(listing: Listing, width: int) -> tuple[Line, ...]:
    """Only the numbered lines: number, ``b`` for a breakpoint, ``->`` for the marked line."""
    digits = max(3, len(str(listing.first + len(listing.lines))))
    return tuple(
        line
        for number, source in enumerate(listing.lines, listing.first)
        for line in _numbered(number, source, listing, digits, width)
    )


def _numbered(number: int, source: str, listing: Listing, digits: int, width: int) -> list[Line]:
    """One line of source: in full if it is the marked one, else cut to the width."""
    here = number == listing.marked
    row = text(f"{number:>{digits}}", "marked" if here else "number")
    row += text(" b" if number in listing.breakpoints else "  ", "error")
    row += text(MARK if here else "  ", "marked")
    if not source.strip():
        return [clip(row, width)]
    if here:
        return _in_full(row + text(" "), source.rstrip(), width)
    return [clip(row + text(" ") + text(source.rstrip(), "source"), width)]


def _in_full(head: Line, source: str, width: int) -> list[Line]:
    """A line of source after its head, wrapped with a deeper indent.

    Generated source can have lines of a megabyte, so only the beginning is shown.
    """
    source = clip_text(source, _LONGEST)
    start = line_width(head)
    room = max(width - start, width // 2)
    inwards = len(source) - len(source.lstrip()) + _WRAPPED
    first, *more = wrap(text(source), room, indent=inwards, first=0)
    margin = text(" " * min(start, width - room))
    below = [margin + text(plain_line(line), "source") for line in more]
    return [head + text(plain_line(first), "source"), *below]


def render_listing(listing: Listing, width: int) -> list[Line]:
    """A listing that the user asked for: file and lines, then the source."""
    if not listing.lines:
        return wrap(text("no source of ") + text(listing.filename, "place"), width)
    last = listing.first + len(listing.lines) - 1
    stretch = f"line {last}" if last == listing.first else f"lines {listing.first} to {last}"
    if listing.ends:
        stretch += " (the end)"
    title = text(words.short_file(listing.filename), "place") + text(f", {stretch}", "dim")
    return [clip(title, width, keep_end=True), *_with_age(listing, width)]


_AGES = {
    SourceAge.CHANGED: "has changed on disk since it was loaded; this is the text that runs",
    SourceAge.GONE: "is gone from the disk; this is the text that runs",
    SourceAge.DOUBTFUL: "has changed on disk; what runs may stand on other lines",
}


def _with_age(listing: Listing, width: int) -> list[Line]:
    """The lines, and a note if they differ from what is on the disk or from what runs."""
    lines = [*listing_lines(listing, width)]
    age = _AGES.get(listing.age)
    if age is None:
        return lines
    style = "warn" if listing.age is SourceAge.DOUBTFUL else "dim"
    said = text(f"{words.short_file(listing.filename)} {age}", style)
    return [*lines, *wrap(said, width, indent=2, first=0)]


def source_at(where: Place | None, listing: Listing | None, width: int) -> list[Line]:
    """The line of a frame, with the source around it if there is a listing."""
    if where is None:
        return wrap(text("it has no Python code to show", "dim"), width)
    title = _title(where, width)
    if listing is not None and listing.lines:
        return [title, *_with_age(listing, width)]
    if not where.text:
        return [title, *wrap(text("its source is not at hand", "dim"), width)]
    number = EMPTY if where.line is None else text(f"{where.line:>3}  ", "marked")
    head = number + text(MARK, "marked") + text(" ")
    return [title, *_in_full(head, where.text, width)]


@lru_cache(maxsize=64)
def _title(where: Place, width: int) -> Line:
    return clip(words.place_in(where), width, keep_end=True)


def render_frame(shown: FrameShown, width: int) -> list[Line]:
    """The frame that came into view."""
    index = shown.frame.index
    side = " (innermost)" if index == 0 else ""
    title = text(f"frame {index}", "title") + text(f"{side} of ") + words.task(shown.task)
    return [*wrap(title, width), *source_at(shown.frame.place, shown.listing, width)]
