"""A task's frames, innermost first.

Owns: the look of `Stack`, and folding the frames of libraries away.
"""

from __future__ import annotations

from itertools import groupby

from stepdbg.model.facts import NO_TASK
from stepdbg.model.replies import Stack
from stepdbg.model.task import FrameSnapshot, Origin

from . import words
from .spans import CUT, Line, clip, join, text, wrap
from .tables import Column, table
from .tasks import CODE_COLUMN, MARK_CELL, PLACE_COLUMN, state

_COLUMNS = (
    Column(),
    Column(right=True),
    Column(least=8, rank=1, keep_end=True, comfortable=28),
    Column(least=15, rank=-1, optional=True),
    CODE_COLUMN,
    PLACE_COLUMN,
)
_PLAIN_KINDS = ("coroutine", "function", "module")


def render_stack(reply: Stack, width: int) -> list[Line]:
    """The frames of a task; runs of library frames as one dim line when folded."""
    title = words.task(reply.task.label)
    if reply.task.label.number != NO_TASK:  # an exception, or a thread: neither has a state
        title = join((title, state(reply.task)))
    lines = wrap(title, width)
    if not reply.frames:
        return lines + wrap(text("it has no Python frames to show", "dim"), width)
    stretches = _stretches(reply)
    shown = [frame for folded, frames in stretches if not folded for frame in frames]
    rows = iter(table([_row(frame, reply.selected) for frame in shown], _COLUMNS, width))
    for folded, frames in stretches:
        lines += [clip(_fold(frames), width)] if folded else [next(rows) for _ in frames]
    return lines


def _stretches(reply: Stack) -> list[tuple[bool, list[FrameSnapshot]]]:
    """The frames in runs, each with whether it is folded away.

    The selected frame always shows, and so does everything where nothing is the user's own.
    """
    foldable = reply.folded and any(f.place.origin is Origin.OWN for f in reply.frames)

    def folded(frame: FrameSnapshot) -> bool:
        own = frame.place.origin is Origin.OWN
        return foldable and not own and frame.index != reply.selected

    return [(key, list(frames)) for key, frames in groupby(reply.frames, folded)]


def _row(frame: FrameSnapshot, selected: int) -> tuple[Line, ...]:
    place = frame.place
    kind = "" if frame.kind in _PLAIN_KINDS else frame.kind
    return (
        MARK_CELL if frame.index == selected else text("  "),
        text(str(frame.index), "number"),
        text(place.function, "key"),
        text(kind, "dim"),
        words.code(place),
        words.place(place),
    )


def _fold(frames: list[FrameSnapshot]) -> Line:
    libraries = list(dict.fromkeys(words.library(frame.place) for frame in frames))
    named = " and ".join(libraries) if len(libraries) < 3 else "libraries"
    return text(f"{'':4}{CUT} {words.count(len(frames), 'frame')} of {named}", "dim")
