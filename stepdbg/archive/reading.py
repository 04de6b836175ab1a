"""Opening a dump.

Owns: `open_dump`, the inspector over a file, and finding the source files that have changed since.
Does not own: the form of the file (container, codec), looking at the picture (viewing), or the
controller over it (controller).
"""

from __future__ import annotations

from collections.abc import Iterable

from stepdbg.model.errors import StepdbgError
from stepdbg.model.standard import os, stat, tokenize
from stepdbg.model.stops import Stop, StopKind
from stepdbg.model.task import TaskSnapshot, TaskState

from . import codec, container
from .secrets import mask_source
from .shapes import ExceptionPicture, FramePicture, Picture, SourceText
from .sources import WHOLE_FILE_CHARACTERS, is_whole, lines_of
from .trees import check_tree
from .viewing import PictureInspector


class ArchiveInspector(PictureInspector):
    """An `Inspector` over a dump file."""

    def stop(self) -> Stop:
        """The stop at which the dump was written; if nothing was held, one made for the moment."""
        if self.picture.stop is not None:
            return self.picture.stop
        run = self.run()
        current = self._current()
        return Stop(
            kind=StopKind.HALT if current is None else StopKind.PAUSE,
            run=run.run,
            task=None if current is None else current.label,
            step=0 if current is None else current.steps + 1,
            time=run.time,
            wake=None,
            place=None if current is None else current.doing,
            in_step=current is not None,
            queue_length=run.queue_length,
            task_count=run.task_count,
            next_deadline=run.next_deadline,
            shown_run=len(self.picture.runs) > 1,
        )

    def _current(self) -> TaskSnapshot | None:
        """The task that was running, because it asked for the dump; None if there was none."""
        if self.picture.stop is not None or self.run_id == 0:
            return None
        try:
            tasks = self.tasks(system=True)
        except StepdbgError:  # the run had ended
            return None
        return next((each for each in tasks if each.state is TaskState.CURRENT), None)

    def changed_files(self) -> tuple[str, ...]:
        """The source files whose text on this machine differs from the one in the dump."""
        return tuple(
            each.filename for each in self.picture.sources if is_whole(each) and _differs(each)
        )


def open_dump(path: str | os.PathLike[str]) -> ArchiveInspector:
    """Read a dump.  No code from the file runs.

    Raises:
        StepdbgError: it cannot be read, is not a dump, is damaged, or has a newer format.
    """
    name = os.fspath(path)
    try:
        picture = codec.decode(container.read(name))
        check_picture(picture)
    except codec.Damaged as error:
        raise StepdbgError(f"{name} is a damaged dump: {error}") from None
    except (MemoryError, RecursionError):
        raise StepdbgError(f"{name} is a damaged dump: it is too big for this machine") from None
    return ArchiveInspector(picture)


def check_picture(picture: Picture) -> None:
    """Check that the parts of a picture agree.  Raises `Damaged`."""
    if all(each.run.run != picture.in_view for each in picture.pictures):
        raise codec.Damaged("it shows nothing of the run that it is about")
    for run in picture.pictures:
        tasks = {each.task.label.number: each for each in run.tasks}
        if len(tasks) != len(run.tasks) or not check_tree(run.tree, tasks):
            raise codec.Damaged("its tasks do not form a tree")
        queue = run.queue
        queued = (*queue.this_pass, *queue.next_pass) if queue is not None else ()
        if any(each.task not in tasks for each in queued):
            raise codec.Damaged("its run queue holds unknown tasks")
        stacks = [each.frames for each in run.tasks]
        stacks += [run.outside.frames] if run.outside is not None else []
        _check_stacks(stacks)
    _check_exceptions(picture.exceptions)
    for source in picture.sources:
        _check_source(source)


def _check_stacks(stacks: Iterable[tuple[FramePicture, ...]]) -> None:
    if any(frame.frame.index != i for stack in stacks for i, frame in enumerate(stack)):
        raise codec.Damaged("the frames of a task are not in order")


def _check_exceptions(exceptions: tuple[ExceptionPicture, ...]) -> None:
    _check_stacks(each.frames for each in exceptions)
    known: set[str] = set()
    for each in exceptions:
        above, _, _ = each.node.number.rpartition(".")
        if (
            each.node.number in known
            or bool(above) != bool(known)
            or (above and above not in known)
        ):
            raise codec.Damaged("its exceptions do not form a tree")
        known.add(each.node.number)


_MOST_LINES = 10_000_000


def _check_source(source: SourceText) -> None:
    """Check the length that a source text claims, because so many lines will be made."""
    last = 0
    for piece in source.pieces:
        if piece.first <= last:
            raise codec.Damaged("its source text is not in order")
        last = piece.first + piece.text.count("\n")
    if not last <= source.length <= _MOST_LINES:
        raise codec.Damaged("its source text is longer than its file")


def _differs(source: SourceText) -> bool:
    """Whether the file of a source text is on this machine and says something else."""
    try:
        state = os.stat(source.filename)
    except (OSError, ValueError):
        return False
    # Only regular files of a plausible size are read, because the dump may come from a stranger.
    if not stat.S_ISREG(state.st_mode):
        return False
    if state.st_size > 4 * WHOLE_FILE_CHARACTERS:
        return True
    try:
        with tokenize.open(source.filename) as file:
            here = tuple(line.rstrip("\r\n") for line in file)
    except (OSError, ValueError, SyntaxError):  # not readable, or no longer Python
        return True
    # The dump's text may be masked, so both are compared masked.
    return mask_source("\n".join(here)) != mask_source("\n".join(lines_of(source)))
