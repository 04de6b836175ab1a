"""Source: `list`, `longlist`, `source`.

Owns: what these commands ask for, and where `list` goes on.
Does not own: cutting source into listings (sources).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.records import dataclass
from stepdbg.model.replies import Listing, Message

from . import grammar
from .request import Desk, Request, Result, number_in
from .sources import place_in_view, span_in_view, stretch
from .viewpoint import Listed

LINES = 11
"""How many lines `list` shows at a time, as pdb."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """The lines asked for.  last: None for `LINES` lines around `first`."""

    filename: str
    first: int
    last: int | None


def list_(request: Request) -> Result:
    """`list [.] | [FILE:]LINE | [FILE:]FIRST, LAST`."""
    view = request.desk.view
    if request.rest:
        wish = _wish(request.desk, request.rest)
    elif view.listed is not None:
        wish = _Wish(view.listed.filename, view.listed.last + 1, view.listed.last + LINES)
    else:
        wish = _wish(request.desk, ".")
    first, last = (wish.first, wish.last) if wish.last is not None else _around(wish.first)
    listing = stretch(view, wish.filename, first, last)
    if listing is None:
        return _nothing(request.desk, wish)
    view.listed = Listed(wish.filename, listing.first + len(listing.lines) - 1)
    return listing


def _around(line: int) -> tuple[int, int]:
    first = max(line - LINES // 2, 1)
    return first, first + LINES - 1


def _wish(desk: Desk, text: str) -> _Wish:
    """Read the argument of `list`.  Raises `BadUsage`, `NotNow`."""
    text, comma, last = text.partition(",")
    if text.strip() == "." and not comma:
        return _Wish(*_here(desk), None)
    before, colon, line = text.strip().rpartition(":")
    filename = _unquoted(before) if colon else _here(desk)[0]
    first = number_in(line.strip(), "line number")
    if not comma:
        return _Wish(filename, first, None)
    end = number_in(last.strip(), "line number")
    # As in pdb: a last line before the first one counts the lines that follow.
    return _Wish(filename, first, end if end >= first else first + end)


def _unquoted(filename: str) -> str:
    words = grammar.words(filename)
    return words[0] if len(words) == 1 else filename


def _here(desk: Desk) -> tuple[str, int]:
    """File and line of the frame in view.  Raises `NotNow`."""
    desk.view.task_number()
    place = place_in_view(desk.view)
    if place is None:
        raise NotNow("the task in view has no Python frame, and so no source")
    return place.filename, place.line or 1


def _nothing(desk: Desk, wish: _Wish) -> Result:
    length = len(desk.inspector.source(wish.filename))
    if not length:
        raise NotNow(f"there is no source of {wish.filename}")
    if desk.view.listed is not None and wish.first == desk.view.listed.last + 1 > length:
        return Message("that was the end of the file; `list .` goes back", "note")
    raise BadUsage(f"{wish.filename} has {length} lines")


def longlist(request: Request) -> Result:
    """`longlist`."""
    request.words(most=0)
    view = request.desk.view
    filename, line = _here(request.desk)
    first, last = span_in_view(view) or _around(line)
    listing = stretch(view, filename, first, last)
    if listing is None:
        raise NotNow(f"there is no source of {filename}")
    view.listed = Listed(filename, listing.first + len(listing.lines) - 1)
    return listing


def source(request: Request) -> Result:
    """`source EXPRESSION`."""
    expression = request.need_rest("an expression")
    desk = request.desk
    filename, first, lines = desk.controller.source_of(desk.view.ref(), expression)
    return Listing(filename, first, lines, age=desk.inspector.source_age(filename))
