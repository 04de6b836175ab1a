"""What a user may have meant.

Owns: the nearest of several words.
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that looks most like `word`, None when none looks like it."""
    from stepdbg.model.standard import difflib

    found = difflib.get_close_matches(word, sorted(set(words)), 1, cutoff=0.6)
    return found[0] if found else None
