"""The code around a wait, in words.

Owns: the lines below the sentence of a task that waits.  Does not own: that sentence (waits).
"""

from __future__ import annotations

from stepdbg.model.facts import NotRecorded
from stepdbg.model.task import Place
from stepdbg.model.waits import Block, Part, Surroundings, WaitLink

from . import words
from .spans import EMPTY, Line, clip, text

_HEAD = 50
"""Characters of a line that opens a block."""

_OFTEN = 2
"""So many waits in a row are a word worth."""

_TELLING = (Part.LOOP, Part.EXCEPT, Part.FINALLY)
"""Blocks that are worth a line at a task that nobody has asked about."""


def of_link(link: WaitLink) -> list[Line]:
    """What there is to say of the code around a wait."""
    around = link.around
    if around is None or (link.depth and around.block.part not in _TELLING):
        return []
    return [block_around(around, None if link.wait is None else link.wait.place)]


def block_around(around: Surroundings, waits_at: Place | None) -> Line:
    """``in `while True:` of :6, has blocked here 228 times in a row``.

    waits_at: the line that has been told already.
    """
    line = text("in ") + _opening(around.block) + text(" of ")
    line += _line_of(around, waits_at)
    if around.block.cleanup is not None:
        line += text(", whose `finally` is at ") + text(f":{around.block.cleanup}", "place")
    line += _how_often(around)
    idle = around.block.endless and not around.asked
    return line + text(", and nobody has asked it to stop") * idle


def _opening(block: Block) -> Line:
    """What opens a block; ``the `` before what has no name of its own."""
    bare = block.part in (Part.ELSE, Part.TRY, Part.EXCEPT, Part.FINALLY)
    head = clip(text(block.head, "source"), _HEAD)
    return text("the `" if bare else "`") + head + text("`")


def _line_of(around: Surroundings, waits_at: Place | None) -> Line:
    """``:6`` in the file that has been named, else with the file and the function."""
    place = around.block.place
    known = waits_at is not None and waits_at.filename == place.filename
    line = text(f":{place.line}", "place") if known else words.place(place)
    name = place.function.rpartition(".")[2]
    return line + (text(" in ") + text(name, "key") if around.elsewhere else EMPTY)


def _how_often(around: Surroundings) -> Line:
    times = around.in_a_row
    if isinstance(times, NotRecorded) or times < _OFTEN:
        return EMPTY
    least = "at least " if around.more else ""
    return (
        text(f", has blocked here {least}") + text(str(times), "number") + text(" times in a row")
    )
