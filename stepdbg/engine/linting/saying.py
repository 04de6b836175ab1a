"""How a place is named in the sentences of all lints.

Owns: `at`.  Does not own: the sentences (each lint has its own).
"""

from __future__ import annotations

from stepdbg.model.standard import os
from stepdbg.model.task import Place


def at(place: Place | None, word: str = "at") -> str:
    """`` at app.py:12``; empty if the line is not known."""
    if place is None or place.line is None:
        return ""
    return f" {word} {os.path.basename(place.filename)}:{place.line}"
