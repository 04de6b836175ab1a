"""The garbage collector rests while we import.

Owns: `CollectorRests`.  Does not own: when that is worth it.

Importing makes many objects that stay.  The collector counts them and looks, several times,
at everything that the program has: a fifth of what our imports take.
"""

from __future__ import annotations

from stepdbg.model.standard import gc, threading


class CollectorRests:
    """``with CollectorRests(): import …``; the collector is afterwards as it was.

    Not where there are other threads, which could switch it meanwhile.
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
