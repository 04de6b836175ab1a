"""The innermost frames of all threads, without ours.

Owns: `current_frames`, which is `sys._current_frames` made safe.
Does not own: what the frames are looked at for.
"""

from __future__ import annotations

import gc
import sys
import threading
from types import FrameType


def current_frames() -> dict[int, FrameType]:
    """The innermost frame of each thread by its ident, at this moment.

    In the calling thread it is the innermost that is not ours: who asks keeps what it is given
    in variables, and a frame in a variable of its own is a cycle, with all that calls it.

    Making the frame objects can set off the garbage collector, and what that finalizes can
    wait for the very lock that is held: CPython before 3.11.8 and 3.12.2 then hangs for
    ever (gh-106883).  So the collector rests meanwhile.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        found = sys._current_frames()  # noqa: SLF001 - documented, CPython only
    finally:
        if was_on:
            gc.enable()
    outside = found.pop(threading.get_ident()).f_back
    while outside is not None and _is_ours(outside):
        outside = outside.f_back
    if outside is not None:
        found[threading.get_ident()] = outside
    return found


def _is_ours(frame: FrameType) -> bool:
    name = frame.f_globals.get("__name__")
    return type(name) is str and name.startswith("stepdbg.")
