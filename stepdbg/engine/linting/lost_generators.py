"""`lost-generator`: an async generator with clean-up to do was left to the garbage collector.

Owns: its facts and its sentence.
Does not own: the moment when Trio learns of it (_trio_internals.losses).

Where nothing surrounds the `yield`, nothing is lost: that is no lint.
"""

from __future__ import annotations

from types import AsyncGeneratorType, FrameType

from stepdbg.engine.stacks.frames import is_own, place_of
from stepdbg.model.lints import Lint, LintName

from .saying import at
from .statements import has_cleanup_around


def lint_of(generator: AsyncGeneratorType[object, object]) -> Lint | None:
    """The lint about an unfinished generator that has just been found."""
    frame: FrameType | None = generator.ag_frame
    if frame is None or not is_own(frame.f_code.co_filename):
        return None
    if not has_cleanup_around(frame.f_code, frame.f_lineno):
        return None
    place = place_of(frame)
    text = (
        f"async generator {frame.f_code.co_qualname} was left to the garbage collector"
        f"{at(place, 'at its yield in')}, with clean-up still to do; iterate over it inside of "
        "`async with contextlib.aclosing(…)`"
    )
    return Lint(LintName.LOST_GENERATOR, text, place)
