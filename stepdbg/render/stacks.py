"""A task's frames, innermost first.

Owns: the look of `Stack`, and folding frames of libraries and of recursions.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.facts import NO_TASK, NotRecorded
from stepdbg.model.replies import Stack
from stepdbg.model.standard import itertools
from stepdbg.model.task import FrameSnapshot, Origin, TaskLabel

from . import exceptions, words
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
_LONGEST_CIRCLE = 8
"""Through how many functions a recursion may go for stepdbg to recognise it."""
_SHOWN_ROUNDS = 3
_LEAST_ROUNDS = 6

_NAMED = 4
"""How many of the tasks with one stack to name."""

_PLAIN_KINDS = ("coroutine", "function", "module")


def render_stack(reply: Stack, width: int) -> list[Line]:
    """The frames of a task; folded frames of libraries or a recursion share a dim line."""
    title = _names((reply.task.label, *reply.others))
    if reply.task.label.number != NO_TASK:  # an exception or a thread has no state
        title = join((title, state(reply.task)))
    lines = wrap(title, width, indent=2, first=0)
    for each in reply.pending:
        lines += exceptions.pending(each, width, margin=2)
    if not reply.frames:
        lines += wrap(text("it has no Python frames to show", "dim"), width)
    return lines + _frames(reply, width) + _started(reply, width)


def _frames(reply: Stack, width: int) -> list[Line]:
    lines: list[Line] = []
    stretches = _stretches(reply)
    shown = [frame for folded, frames in stretches if not folded for frame in frames]
    rows = iter(table([_row(frame, reply.selected) for frame in shown], _COLUMNS, width))
    for folded, frames in stretches:
        lines += [clip(folded(frames), width)] if folded else [next(rows) for _ in frames]
    return lines


def _names(labels: tuple[TaskLabel, ...]) -> Line:
    """Tasks with the same stack; the first ones by name, the others counted."""
    if len(labels) == 1:
        return words.task(labels[0])
    named = join(map(words.task, labels[:_NAMED]), ", ")
    more = text(f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else "")
    return text(f"{len(labels)} tasks", "title") + text(": ") + named + more


def _started(reply: Stack, width: int) -> list[Line]:
    """Which task started this one, which started that one, and the lines that did."""
    lines: list[Line] = []
    for spawn in reply.started:
        line = text("started by ", "dim") + words.spawned(spawn)
        if not isinstance(spawn, NotRecorded) and spawn.place is not None and spawn.place.text:
            line += text(": ") + words.code(spawn.place)
        lines += wrap(line, width, indent=6, first=2)
    return lines


_Fold = Callable[[list[FrameSnapshot]], Line]


def _stretches(reply: Stack) -> list[tuple[_Fold | None, list[FrameSnapshot]]]:
    """The frames in stretches, each with the fold to show instead; None: show its frames.

    The selected frame always shows.  Library frames show if no frame is the user's own.
    """
    any_own = any(f.place.origin is Origin.OWN for f in reply.frames)
    again = _repeated(reply.frames) if reply.folded else frozenset()

    def folded(frame: FrameSnapshot) -> _Fold | None:
        if not reply.folded or frame.index == reply.selected:
            return None
        if any_own and frame.place.origin is not Origin.OWN:
            return _fold
        return _fold_again if frame.index in again else None

    return [(key, list(frames)) for key, frames in itertools.groupby(reply.frames, folded)]


def _repeated(frames: tuple[FrameSnapshot, ...]) -> frozenset[int]:
    """The indexes of frames that a recursion repeats, except its first rounds."""
    places = [(frame.place.filename, frame.place.line, frame.place.function) for frame in frames]
    found: set[int] = set()
    at = 0
    while at < len(places):
        for circle in range(1, _LONGEST_CIRCLE + 1):
            end = at + circle
            while end < len(places) and places[end] == places[end - circle]:
                end += 1
            if end - at >= circle * _LEAST_ROUNDS:
                found.update(frames[i].index for i in range(at + circle * _SHOWN_ROUNDS, end))
                at = end - 1
                break
        at += 1
    return frozenset(found)


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


def _fold_again(frames: list[FrameSnapshot]) -> Line:
    functions = sorted({frame.place.function for frame in frames})
    named = " and ".join(functions) if len(functions) < 3 else "these functions"
    return text(f"{'':4}{CUT} {words.count(len(frames), 'frame')} of {named}, as above", "dim")


def _fold(frames: list[FrameSnapshot]) -> Line:
    libraries = list(dict.fromkeys(words.library(frame.place) for frame in frames))
    named = " and ".join(libraries) if len(libraries) < 3 else "libraries"
    return text(f"{'':4}{CUT} {words.count(len(frames), 'frame')} of {named}", "dim")
