"""Memory that is reserved for a stop at which the program has used up all memory.

Owns: that piece of memory.
Does not own: what is tried again after it was freed (the callers).
"""

from __future__ import annotations

_SIZE = 4 << 20
"""In bytes: a stop without its imports takes less.  Nothing is written there, so it takes only
addresses and no pages.
"""

_kept: list[bytes] = []


def put_by() -> None:
    """Reserve the memory, if there is that much."""
    if not _kept:
        try:
            _kept.append(bytes(_SIZE))
        except MemoryError:
            return


def give_up() -> bool:
    """Free the memory; returns False if that was done already."""
    try:
        del _kept[-1]
    except IndexError:
        return False
    return True
