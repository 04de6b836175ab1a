"""Stretches of source.

Owns: which lines to show, and making a `Listing` of them.
Does not own: the commands that ask for one (listing, frames), or reading files (engine).
"""

from __future__ import annotations

from stepdbg.model.breakpoints import LineTarget
from stepdbg.model.errors import StepdbgError
from stepdbg.model.records import replace
from stepdbg.model.replies import Listing
from stepdbg.model.task import FrameRef, FrameSnapshot, Place

from .viewpoint import Viewpoint

AROUND = 3
"""Lines before and after the marked one, at a stop and when a frame comes into view."""


def stretch(view: Viewpoint, filename: str, first: int, last: int) -> Listing | None:
    """Lines `first` to `last` (1-based, inclusive) of a file, as far as it has them.

    The line of the frame in view is marked.  None when there is no source, or no such line.
    """
    return _stretch(view, filename, first, last, place_in_view(view))


def _stretch(
    view: Viewpoint, filename: str, first: int, last: int, marked: Place | None
) -> Listing | None:
    source = view.inspector.source(filename)
    first, last = max(first, 1), min(last, len(source))
    if first > last:
        return None
    return Listing(
        filename=filename,
        first=first,
        lines=source[first - 1 : last],
        marked=_marked(marked, filename, first, last),
        breakpoints=_breakpoints(view, filename, first, last),
        ends=last == len(source),
        age=view.inspector.source_age(filename),
    )


def _marked(place: Place | None, filename: str, first: int, last: int) -> int | None:
    if place is None or place.filename != filename or place.line is None:
        return None
    return place.line if first <= place.line <= last else None


def _breakpoints(view: Viewpoint, filename: str, first: int, last: int) -> tuple[int, ...]:
    targets = (each.spec.target for each in view.inspector.breakpoints())
    lines = {
        target.line
        for target in targets
        if isinstance(target, LineTarget) and target.filename == filename
    }
    return tuple(sorted(line for line in lines if first <= line <= last))


def place_in_view(view: Viewpoint) -> Place | None:
    """Where the frame in view stands; None when nothing is in view."""
    frame = _frame_in_view(view)
    return frame.place if frame is not None else None


def _frame_in_view(view: Viewpoint) -> FrameSnapshot | None:
    if view.task is None:
        return None
    try:
        return view.find_frame()
    except StepdbgError:
        return None


def listing_around(view: Viewpoint, place: Place) -> Listing | None:
    """The lines around a place, kept inside the function of the frame in view.

    None when there is no source.
    """
    if place.line is None:
        return None
    frame = _frame_in_view(view)
    first, last = _inside(place.line, _span_of(view, frame))
    marked = None if frame is None else frame.place
    listing = _stretch(view, place.filename, first, last, marked)
    if listing is None:
        return None
    # A task that has not started has its place, but no frame there yet, in some pictures.
    return listing if listing.marked is not None else replace(listing, marked=place.line)


_known: dict[int, tuple[Place, tuple[str, ...], Listing]] = {}
"""Listings without breakpoints, by the `id` of their place, with the source they are from."""

_LISTINGS_KEPT = 1_000


def listing_at_stop(view: Viewpoint, place: Place) -> Listing | None:
    """As `listing_around`, for the place of a stop, where the frame in view stands.

    Who steps comes by the same places again and again, and gets the same listing.
    """
    known, source = _known.get(id(place)), view.inspector.source(place.filename)
    breakpoints = bool(view.inspector.breakpoints())
    if known is not None and known[0] is place and known[1] is source and not breakpoints:
        return known[2]
    made = listing_around(view, place)
    if made is not None and not breakpoints:
        if len(_known) >= _LISTINGS_KEPT:
            _known.clear()
        _known[id(place)] = place, source, made
    return made


def _inside(line: int, span: tuple[int, int] | None) -> tuple[int, int]:
    """`AROUND` lines on each side; what a function's edge cuts off is added on the other side."""
    first, last = line - AROUND, line + AROUND
    if span is None or not span[0] <= line <= span[1]:
        return first, last
    if first < span[0]:
        first, last = span[0], last + span[0] - first
    if last > span[1]:
        first, last = first - (last - span[1]), span[1]
    return max(first, span[0]), last


def span_in_view(view: Viewpoint) -> tuple[int, int] | None:
    """First and last line of the function of the frame in view; None when there is none."""
    return _span_of(view, _frame_in_view(view))


def _span_of(view: Viewpoint, frame: FrameSnapshot | None) -> tuple[int, int] | None:
    if frame is None:
        return None
    try:
        return view.inspector.source_span(FrameRef(view.task_number(), frame.index))
    except StepdbgError:
        return None
