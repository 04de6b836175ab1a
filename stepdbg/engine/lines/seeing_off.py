"""Following an exception of ours into the program (Python 3.11).

Owns: `see_off`.  Does not own: what is done where it arrives (`Traveller`).

CPython takes out a trace function that raises, and the traceback becomes the exception's own
only when it is caught.  A profile function is told of the first call in the handler.
"""

from __future__ import annotations

import sys
from types import FrameType

from .interface import Traveller

_PATIENCE = 10_000
"""Events after which an exception has been lost on its way, caught by C code."""


def see_off(traveller: Traveller) -> None:
    """See `LineEvents.see_off`."""
    profile = sys.getprofile()
    if profile is not None and not callable(profile):
        return  # one written in C (cProfile), whose place it would have to take
    left = _PATIENCE

    def watch(frame: FrameType, event: str, arg: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0 or (sys.exception() is traveller.error and traveller.arrive(frame)):
            left = 0
            if sys.getprofile() is watch:
                sys.setprofile(profile)
        if profile is not None:
            profile(frame, event, arg)  # type: ignore[arg-type]  # typeshed lists the events

    sys.setprofile(watch)
