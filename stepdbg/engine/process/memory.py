"""Memory that is reserved for a stop at which the program has used up all memory.

Owns: that memory, in two blocks: one for the stop, one for the program that goes on after it.
Does not own: what is tried again after a block was freed (the callers).
"""

from __future__ import annotations

_FOR_STOP = 4 << 20
"""In bytes: a stop without its imports takes less.  Nothing is written there, so it takes only
addresses and no pages.
"""

_FOR_PROGRAM = 2 << 20
"""In bytes.  A stop keeps some of what it takes (modules, caches), and the program must not lack it
at its next line.  One arena of CPython's allocator takes 1 MB (Include/internal/pycore_obmalloc.h).
"""

_kept: list[bytes] = []
"""The block for the program, then the one for the stop."""

give_all = _kept.clear
"""Free both blocks.  Calling a method of C takes neither a frame nor memory."""


def put_by() -> None:
    """Reserve both blocks, if there is that much memory."""
    if not _kept:
        try:
            for_stop = bytes(_FOR_STOP)
            _kept.extend((bytes(_FOR_PROGRAM), for_stop))
        except MemoryError:
            return


def give_up() -> bool:
    """Free the block for the stop; returns False if that was done already."""
    if len(_kept) < 2:
        return False
    del _kept[1]
    return True


def go_on() -> None:
    """Let the program go on after a stop.

    If the stop has taken its block, the program gets the other one.  Both are reserved again only
    if as much memory as they take is left to the program.
    """
    if len(_kept) == 1:
        _kept.clear()
    if not _kept:
        try:
            bytes(2 * (_FOR_STOP + _FOR_PROGRAM))
        except MemoryError:
            return
        put_by()
