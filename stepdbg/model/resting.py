"""Switch the garbage collector off while stepdbg imports.

Owns: `PausedCollector`.  Does not own: when that pays.

Importing makes many objects that stay.  The collector counts them and so examines, several
times, everything that the program has.  This takes a fifth of the time of stepdbg's imports.
"""

from __future__ import annotations

from stepdbg.model.standard import gc, threading


class PausedCollector:
    """``with PausedCollector(): import …`` switches the collector off, and then back as it was.

    It does nothing if there are other threads, because they could switch it meanwhile.
    """

    def __init__(self) -> None:
        self._rests = False

    def __enter__(self) -> None:
        self._rests = gc.isenabled() and threading.active_count() == 1
        if self._rests:
            gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._rests:
            gc.enable()
