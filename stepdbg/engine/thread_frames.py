"""The innermost frames of all threads.

Owns: `current_frames`, which is `sys._current_frames` made safe.
Does not own: what the frames are looked at for.
"""

from __future__ import annotations

import gc
import sys
from types import FrameType


def current_frames() -> dict[int, FrameType]:
    """The innermost frame of each thread by its ident, at this moment.

    Making the frame objects can set off the garbage collector, and what that finalizes can
    wait for the very lock that is held: CPython before 3.11.8 and 3.12.2 then hangs for
    ever (gh-106883).  So the collector rests meanwhile.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames()  # noqa: SLF001 - documented, CPython only
    finally:
        if was_on:
            gc.enable()
