"""``--open``: looking at a file, whichever of ours it is.

Owns: telling a recording from a dump.
Does not own: looking at either (dumping, recording).
"""

from __future__ import annotations

from stepdbg.archive.recordings.form import is_recording

from . import dumping, recording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.model.protocols import FrontEnd


def view_file(
    path: str, make_front_end: Callable[[], FrontEnd], *, tells_end: bool = False
) -> None:
    """Let a user look at a dump or a recording until he quits.

    Args:
        path: the file.
        make_front_end: called once the file has been read.
        tells_end: the front end's client must be told that this was the end.

    Raises:
        StepdbgError: the file cannot be read, or the front end cannot be made.
    """
    view = recording.view_recording if is_recording(path) else dumping.view_dump
    view(path, make_front_end, tells_end=tells_end)
