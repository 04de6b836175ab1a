"""Memory that is put by for a stop where the program has used up all of it.

Owns: that piece of memory.
Does not own: what is tried again once it is free (the callers).
"""

from __future__ import annotations

_SIZE = 4 << 20
"""In bytes: a stop without its imports takes less.  Nothing is written there, so that it takes
addresses and no pages."""

_kept: list[bytes] = []


def put_by() -> None:
    """Keep the memory, if there is so much."""
    if not _kept:
        try:
            _kept.append(bytes(_SIZE))
        except MemoryError:
            return


def give_up() -> bool:
    """Free the memory; False where that has been done already."""
    try:
        del _kept[-1]
    except IndexError:
        return False
    return True
