"""Exceptions that the user sends into the program: a quit at a line, a throw.

Owns: how their tracebacks look there.
Does not own: raising them (events, outside), noticing where they arrive (lines).

Such an exception comes out of a call-back of ours.  A program that prints it is to see it
come from its own line.
"""

from __future__ import annotations

from types import FrameType, TracebackType

from .failed_frames import take_off_our_frames
from .frames import is_ours


class Departure:
    """An exception on its way out of our code.

    Args:
        error: the exception.
        frame: the program's frame from which it is to come.
    """

    def __init__(self, error: BaseException, frame: FrameType) -> None:
        self.error = error
        self._frame = frame
        self._at = frame.f_lasti, frame.f_lineno

    def arrive(self, frame: FrameType) -> bool:
        """It is seen in a frame, on its way or in a handler; returns whether that is the end."""
        if self._is_within_ours(frame):
            return False
        take_off_our_frames(self.error)
        entry = self.error.__traceback__
        if entry is None or is_ours(entry.tb_frame):
            # Raised in the place of another exception, it has no entry of this frame.
            self.error.__traceback__ = TracebackType(None, self._frame, *self._at)
        return True

    def _is_within_ours(self, frame: FrameType) -> bool:
        """Whether a frame is ours, or is called by one of ours that the program called."""
        if is_ours(frame):
            return True
        between = False
        here: FrameType | None = frame
        while here is not None and here is not self._frame:
            between = between or is_ours(here)
            here = here.f_back
        return between and here is not None
