"""Reading frames that were kept.

Owns: `KeptFrames`.  Does not own: whose frames they are (viewing), or keeping them (stacks).
"""

from __future__ import annotations

from stepdbg.model.errors import NoSuchFrame, NotNow
from stepdbg.model.facts import TaskNumber
from stepdbg.model.task import FrameRef, FrameSnapshot
from stepdbg.model.values import Budget, Variable

from .shapes import FramePicture


class KeptFrames:
    """A `FrameReader` over the pictures of some frames.

    whose: what the frames belong to, for the message that there are no more of them.
    """

    def __init__(self, pictures: tuple[FramePicture, ...], whose: str) -> None:
        self._pictures = pictures
        self._whose = whose

    def picture(self, index: int) -> FramePicture:
        """One of the frames.  Raises `NoSuchFrame`."""
        if not 0 <= index < len(self._pictures):
            count = len(self._pictures)
            raise NoSuchFrame(
                f"{self._whose} has {count} frames, counted from 0; `where` lists them"
            )
        return self._pictures[index]

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:  # noqa: ARG002 - the protocol's
        """The frames, innermost first."""
        return tuple(each.frame for each in self._pictures)

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""
        span = self.picture(frame.index).span
        if span is None:
            raise NotNow("the picture does not show where the function of this frame begins")
        return span

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:  # noqa: ARG002 - they have been described already
        """The frame's local variables.  Raises `NotNow` when they were not kept."""
        found = self.picture(frame.index)
        if found.variables is None:
            own = found.frame.place.origin == "own"
            why = "there were too many of them" if own else "it is not your own code"
            raise NotNow(f"the variables of this frame were not kept: {why}")
        return found.variables

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:  # noqa: ARG002 - they have been described already
        """The attributes of objects in local variables that were kept."""
        return self.picture(frame.index).members

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters.  Raises `NotNow` when they were not kept."""
        found = {each.name: each for each in self.locals(frame, budget)}
        names = self.picture(frame.index).arguments
        return tuple(found[name] for name in names if name in found)
