"""What there is to see at a stop, as bytes of a recording, and back.

Owns: which stacks and values are kept of a stop, and how many; packing and unpacking them.
Does not own: secrets (stepdbg.archive.masking), the form of objects (stepdbg.archive.codec), where
the bytes lie in a file (keeping, closing), finding the stop of a moment (stops).

No code of the program is called.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepdbg.archive import codec
from stepdbg.archive.exceptions import take_exceptions
from stepdbg.archive.masking import change_of
from stepdbg.archive.picture import about_now
from stepdbg.archive.reading import check_picture
from stepdbg.archive.shapes import Picture, RunPicture, TaskPicture
from stepdbg.archive.sources import gather
from stepdbg.archive.stacks import StackCamera
from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.protocols import Inspector
from stepdbg.model.records import replace
from stepdbg.model.standard import json, zlib
from stepdbg.model.stops import Stop
from stepdbg.model.task import TaskSnapshot

from .form import MOST_PICTURE

_MOST_TEXT = 16 * 1024 * 1024
"""Characters of a picture before it is compressed, at most."""

_MOST_TASKS = 1_000
"""In a run of more tasks, only the task of the stop is kept: listing the others takes too long."""

_STACKS = 100
"""How many stacks are kept of a stop, at most."""

_FRAMES = 50
"""How many frames are kept of the task of a stop if its whole stack is too big."""

_LEVEL = 5


class _QuickCamera(StackCamera):
    """Takes less time for a stop than for a dump, because a run may stop often."""

    SECONDS_FOR_VALUES = 0.05
    SECONDS_FOR_MEMBERS = 0.02
    CHARACTERS = 200_000
    CHARACTERS_OF_MEMBERS = 100_000


def take(inspector: Inspector, stop: Stop) -> bytes:
    """The stacks and values at a stop, packed; empty if they cannot be read or are too big.

    Args:
        inspector: reads the run, which is held.
        stop: why it is held.

    The values of the stop's own task are kept first.  Secrets are masked as in a dump.
    """
    try:
        for picture in _pictures(inspector, stop):
            data = _packed(picture)
            if len(data) <= MOST_PICTURE:
                return data
    except StepdbgError:  # the task has just ended
        pass
    return b""


def _pictures(inspector: Inspector, stop: Stop) -> Iterator[Picture]:
    """Pictures of a stop, each smaller than the one before."""
    mine = None if stop.task is None else stop.task.number
    camera = _QuickCamera(values=True, mine=mine)
    shown = [
        TaskPicture(task, camera.frames(inspector, task.label.number))
        for task in _tasks(inspector, camera, mine)
    ]
    run = inspector.run()
    exceptions = take_exceptions(inspector, failed := _QuickCamera(values=True, mine=None))
    camera.take_over(failed)
    # Only the functions on the stacks: many stops share their files, and none keeps a whole one.
    spans = {name: camera.spans.get(name, set()) for name in camera.own_files}
    picture = Picture(
        about=about_now(),
        in_view=run.run,
        stop=replace(stop, token=None),  # it can be long, and the file has all steps
        runs=(run,),
        pictures=(RunPicture(run, tuple(shown)),),
        sources=gather((), spans, inspector.source),
        exceptions=exceptions,
    )
    yield picture
    own = [each for each in shown if each.task.label.number == mine]
    yield replace(picture, pictures=(RunPicture(run, tuple(own)),))
    inner = tuple(replace(each, frames=each.frames[:_FRAMES]) for each in own)
    yield replace(picture, pictures=(RunPicture(run, inner),), exceptions=())


def _tasks(
    inspector: Inspector, camera: StackCamera, mine: TaskNumber | None
) -> list[TaskSnapshot]:
    """The tasks whose stacks are kept: that of the stop, and one of each different stack first."""
    if inspector.run().task_count > _MOST_TASKS:
        return [] if mine is None else [inspector.task(mine)]
    return camera.in_order(inspector.tasks())[:_STACKS]


def _packed(picture: Picture) -> bytes:
    text = json.dumps(
        codec.encode(picture, change_of), ensure_ascii=True, allow_nan=False, separators=(",", ":")
    )
    return b"" if len(text) > _MOST_TEXT else zlib.compress(text.encode("ascii"), _LEVEL)


def unpack(data: bytes) -> Picture:
    """What `take` has packed.  No code from the file runs.  Raises `Damaged`."""
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, _MOST_TEXT)
        if not unpacking.eof or unpacking.unused_data:
            raise codec.Damaged("the picture of a stop does not have the size that it says")
        found = codec.decode(json.loads(text.decode("ascii")))
    except (zlib.error, ValueError, RecursionError):
        raise codec.Damaged("the picture of a stop cannot be unpacked") from None
    check_picture(found)
    return found
