"""Words that the sentences of all lints share.

Owns: how a place and several tasks are named in a sentence.  Does not own: the sentences.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg.model.task import Place

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun


def at(place: Place | None, word: str = "at") -> str:
    """`` at app.py:12``, empty where no line is known."""
    if place is None or place.line is None:
        return ""
    return f" {word} {os.path.basename(place.filename)}:{place.line}"


def names(run: DebuggedRun, people: Iterable[Task]) -> str:
    """``main (1) and worker (3)``."""
    first, *rest = [str(run.registry.label_of(task)) for task in people] or ["nobody"]
    return first if not rest else f"{', '.join([first, *rest[:-1]])} and {rest[-1]}"
