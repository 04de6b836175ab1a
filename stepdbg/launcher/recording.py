"""``--record-to``: all that happens, kept in a file.

Owns: `RecordWish`.
Does not own: noticing what happens (engine.tracing), the file (archive.recordings), looking at one
(opening).
"""

from __future__ import annotations

import atexit

from stepdbg.model.program_streams import tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.archive.recordings.keeping import RecordingFile
    from stepdbg.engine.running.session import Session


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
