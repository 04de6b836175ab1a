"""`lost-generator`: an async generator with clean-up to do was left to the garbage collector.

Owns: its facts and its sentence.
Does not own: the moment when Trio learns of it (_trio_internals.losses).

If nothing surrounds the `yield`, there is no clean-up to lose, and so no lint.
"""

from __future__ import annotations

from collections import Counter
from types import AsyncGeneratorType, FrameType

from stepdbg.engine.stacks.frames import is_own, place_of
from stepdbg.model.lints import Lint, LintName

from .saying import at
from .statements import has_cleanup_around


def lint_of(
    generator: AsyncGeneratorType[object, object], before: Counter[tuple[str, int | None]]
) -> Lint | None:
    """The lint about an unfinished generator that has just been found.

    before: how many were found so far at each file and line; this function adds the new one.
    """
    frame: FrameType | None = generator.ag_frame
    if frame is None or not is_own(frame.f_code.co_filename):
        return None
    if not has_cleanup_around(frame.f_code, frame.f_lineno):
        return None
    place = place_of(frame)
    before[place.filename, place.line] += 1
    count, name = before[place.filename, place.line], frame.f_code.co_qualname
    one = count == 1
    were = f"async generator {name} was" if one else f"{count:,} async generators {name} were"
    text = (
        f"{were} left to the garbage collector{at(place, f'at {_its(one)} yield in')}, with "
        f"clean-up still to do; iterate over {'it' if one else 'each'} inside of "
        "`async with contextlib.aclosing(…)`"
    )
    return Lint(LintName.LOST_GENERATOR, text, place, count=count)


def _its(one: bool) -> str:
    return "its" if one else "their"
