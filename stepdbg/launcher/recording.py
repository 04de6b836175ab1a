"""``--record-to``: all that happens, kept in a file; and looking at such a file.

Owns: `RecordWish`, and the conversation over a recording.
Does not own: noticing what happens (engine.tracing), the file (archive.recordings).
"""

from __future__ import annotations

import atexit

from stepdbg.model.program_streams import tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stepdbg.archive.recordings.keeping import RecordingFile
    from stepdbg.archive.recordings.viewing import RecordingController
    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import FrontEnd


class RecordWish:
    """A recording that is to be made.

    path: the file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: RecordingFile

    def check(self) -> None:
        """Make the file.  Raises `BadUsage`: it cannot be made there."""
        from stepdbg.archive.recordings.keeping import RecordingFile

        self._file = RecordingFile("--record-to", self._path, tell)

    def prepare(self, session: Session) -> None:
        """Let a session keep what its runs do; the file is closed when the process ends."""
        self._file.begin()
        atexit.register(self._file.close)
        session.recording.tracing.keep(self._file)


def view_recording(
    path: str, make_front_end: Callable[[], FrontEnd], *, tells_end: bool = False
) -> None:
    """Let a user look at a recording until he quits.  As `dumping.view_dump`."""
    from stepdbg.archive.recordings.viewing import RecordingController
    from stepdbg.model.stops import Moved, Note, ProgramEnded, Quit

    controller = RecordingController(path)
    front_end = make_front_end()
    front_end.on_session(controller.inspector, controller)
    for sentence, level in _opening(path, controller):
        front_end.on_event(Note(sentence, level))
    try:
        while True:
            inspector = controller.inspector
            resume = front_end.on_stop(inspector.stop(), inspector, controller)
            if isinstance(resume, Quit):
                break
            if not isinstance(resume, Moved):
                front_end.on_event(Note("a recording cannot go on; `at +1` shows more", "warning"))
        if tells_end:
            front_end.on_event(ProgramEnded(None, "the recording was closed"))
    finally:
        front_end.close()


def _opening(path: str, controller: RecordingController) -> Iterator[tuple[str, str]]:
    """What to say first, each with its level."""
    from .dumping import origin_of

    picture = controller.inspector.picture
    about = picture.about
    when, versions = origin_of(about)
    yield f"{path}: a recording of {when}, of: {' '.join(about.command_line)}", "note"
    yield versions, "note"
    yield from ((sentence, "warning") for sentence in picture.notes)
    yield controller.extent(), "note"
