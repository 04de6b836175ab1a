"""Reading the frames of one exception.

Owns: `ExceptionFrames`.  Does not own: which frames an exception has (failed_frames,
exception_view), or pictures of variables (typed.namespaces).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING

from stepdbg.engine.stacks import source_texts
from stepdbg.engine.stacks.code_span import span_of
from stepdbg.engine.typed import namespaces

if TYPE_CHECKING:
    from stepdbg.model.facts import TaskNumber
    from stepdbg.model.task import FrameRef, FrameSnapshot
    from stepdbg.model.values import Budget, Variable

    from .failed_frames import FailedFrames


class ExceptionFrames:
    """A `FrameReader` over the frames of an exception's traceback."""

    def __init__(self, failed: FailedFrames) -> None:
        self._failed = failed

    def live_frame(self, index: int) -> FrameType:
        """The frame with this number, from 0 for the innermost.  Raises `NoSuchFrame`."""
        return self._failed.frame_at(index)

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:  # noqa: ARG002 - the protocol's
        """The frames, innermost first."""
        return self._failed.pictures()

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""
        code = self.live_frame(frame.index).f_code
        return span_of(code, len(source_texts.read_source(code.co_filename)))

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables."""
        return namespaces.variables(self.live_frame(frame.index), budget)

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters."""
        return namespaces.arguments(self.live_frame(frame.index), budget)

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The attributes of the objects that the frame's local variables hold."""
        return namespaces.members(self.live_frame(frame.index), budget)
