"""The frames of a failure: those of its traceback, then the frames around them that still run.

Owns: finding these frames, and their pictures.
Does not own: frames of tasks that go on (stacks.frames), which failure counts (failures).

The current line of a frame that has raised may be one in a `finally` block.  The line that failed
is in the traceback.
"""

from __future__ import annotations

from types import (
    AsyncGeneratorType,
    CoroutineType,
    FrameType,
    GeneratorType,
    TracebackType,
)

from trio.lowlevel import Task

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.stacks import frames
from stepdbg.model.errors import NoSuchFrame
from stepdbg.model.ours import is_ours
from stepdbg.model.records import NamedTuple, dataclass
from stepdbg.model.standard import gc, sys
from stepdbg.model.task import FrameSnapshot, Place


class TracedFrame(NamedTuple):
    """A frame, the line that counts in it, and the instruction that failed."""

    frame: FrameType
    line: int | None
    instruction: int

    @property
    def place(self) -> Place:
        """The line as a front end sees it."""
        return frames.place_of_code(self.frame.f_code, self.line)


@dataclass(frozen=True, slots=True)
class FailedFrames:
    """The frames of a task that has failed, innermost first.

    task: the task, None if it is not known.
    ended: how many of the frames have ended; the others still run.
    """

    task: Task | None
    entries: tuple[TracedFrame, ...]
    ended: int

    def live_frames(self) -> list[FrameType]:
        """The frames themselves."""
        return [entry.frame for entry in self.entries]

    def frame_at(self, index: int) -> FrameType:
        """The frame with this number.

        Raises:
            NoSuchFrame: there is none, or its variables can no longer be read.
        """
        if not 0 <= index < len(self.entries):
            count = len(self.entries)
            raise NoSuchFrame(f"there are {count} frames, counted from 0; `where` lists them")
        if has_lost_its_variables(self.entries[index]):
            raise NoSuchFrame("the generator of this frame is gone, and its variables with it")
        return self.entries[index].frame

    def pictures(self) -> tuple[FrameSnapshot, ...]:
        """The frames as a front end sees them."""
        return tuple(
            FrameSnapshot(index, entry.place, frames.kind_of(entry.frame.f_code))
            for index, entry in enumerate(self.entries)
        )

    def doing(self) -> Place | None:
        """Where the task failed: the innermost own line, as for a task that goes on."""
        own = frames.innermost_own(self.live_frames())
        return next((entry.place for entry in self.entries if entry.frame is own), None)


_GENERATOR_FLAGS = 0x20 | 0x80 | 0x200
_OWNERS = (GeneratorType, CoroutineType, AsyncGeneratorType)


def has_lost_its_variables(entry: TracedFrame) -> bool:
    """Whether reading a frame's variables would read freed memory.

    That happens on Python 3.13.0 if a generator caught the exception, was suspended, and has been
    freed before its frame.  A generator that has ended by the exception is safe: its frame is still
    at the instruction that failed.
    """
    frame, code = entry.frame, entry.frame.f_code
    if sys.version_info[:2] != (3, 13) or not code.co_flags & _GENERATOR_FLAGS:
        return False
    if frame.f_lasti in (-1, entry.instruction):
        return False
    import opcode  # only for the frames of failed generators

    at = opcode.opname[code.co_code[frame.f_lasti]]
    if at not in ("RESUME", "YIELD_VALUE"):
        return False
    return not any(is_a(each, *_OWNERS) for each in gc.get_referrers(frame))


def frames_of_error(error: BaseException) -> list[TracedFrame]:
    """The frames of a traceback, innermost first, without those of stepdbg."""
    found = []
    traceback = error.__traceback__
    while traceback is not None:
        if not is_ours(traceback.tb_frame.f_code.co_filename):
            found.append(TracedFrame(traceback.tb_frame, traceback.tb_lineno, traceback.tb_lasti))
        traceback = traceback.tb_next
    found.reverse()
    return found


def frames_at_exit(task: Task, error: BaseException) -> FailedFrames:
    """The frames of a task that has ended with an exception."""
    entries = frames_of_error(error)
    return FailedFrames(task, tuple(entries), len(entries))


def frames_at_block(task: Task, error: BaseException, here: FrameType) -> FailedFrames:
    """The frames of a task in which the block of a nursery has failed.

    here: the innermost frame that still runs.
    """
    entries = frames_of_error(error)
    running = frames.task_frames(task, here)
    if not entries:
        return FailedFrames(task, tuple(_as_they_stand(running)), 0)
    outermost = entries[-1].frame
    for index, frame in enumerate(running):
        if frame is outermost:
            rest = _as_they_stand(running[index + 1 :])
            return FailedFrames(task, (*entries, *rest), len(entries) - 1)
    return FailedFrames(task, (*entries, *_as_they_stand(running)), len(entries))


def _as_they_stand(running: list[FrameType]) -> list[TracedFrame]:
    return [TracedFrame(frame, frame.f_lineno, frame.f_lasti) for frame in running]


def take_off_our_frames(error: BaseException | None) -> None:
    """Remove stepdbg's frames from a traceback, and from those of its causes.

    An exception that makes Trio itself give up passes through the method by which stepdbg watches
    exits.  The program's traceback must not show that method.
    """
    while error is not None:
        before: TracebackType | None = None
        here = error.__traceback__
        while here is not None:
            if not is_ours(here.tb_frame.f_code.co_filename):
                before = here
            elif before is not None:
                before.tb_next = here.tb_next
            here = here.tb_next
        error = error.__cause__


class Departure:
    """An exception on its way from stepdbg's code to the program.

    Args:
        error: the exception.
        frame: the program's frame that must seem to raise it.
    """

    def __init__(self, error: BaseException, frame: FrameType) -> None:
        self.error = error
        self._frame = frame
        self._at = frame.f_lasti, frame.f_lineno

    def arrive(self, frame: FrameType) -> bool:
        """The exception has reached a frame, on its way or in a handler.

        Returns:
            Whether it has left stepdbg's code; then stepdbg's frames are off its traceback.
        """
        if self._is_within_ours(frame):
            return False
        take_off_our_frames(self.error)
        entry = self.error.__traceback__
        if entry is None or is_ours(entry.tb_frame.f_code.co_filename):
            # Where it has replaced another exception, its traceback has no entry for this frame.
            self.error.__traceback__ = TracebackType(None, self._frame, *self._at)
        return True

    def _is_within_ours(self, frame: FrameType) -> bool:
        """Whether a frame belongs to stepdbg, or to code that stepdbg has called meanwhile."""
        if is_ours(frame.f_code.co_filename):
            return True
        between = False
        here: FrameType | None = frame
        while here is not None and here is not self._frame:
            between = between or is_ours(here.f_code.co_filename)
            here = here.f_back
        return between and here is not None
