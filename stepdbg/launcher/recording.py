"""``--record-to`` and `stepdbg.record`: all that happens in runs, kept in a file.

Owns: `RecordWish`, for the command line; `Recording`, for the program itself.
Does not own: noticing what happens (engine.tracing), the file (archive.recordings), looking at one
(opening).
"""

from __future__ import annotations

import atexit
from functools import partial

from stepdbg.model.interrupts import undisturbed
from stepdbg.model.program_streams import tell
from stepdbg.model.standard import os, threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.archive.recordings.keeping import RecordingFile
    from stepdbg.engine.running.session import Session


_one = threading.Lock()
"""Held while a program records itself: there is one recording at a time."""


class RecordWish:
    """A recording to make.

    path: the file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: RecordingFile

    def check(self) -> None:
        """Make the file.  Raises `BadUsage`: no file can be made there."""
        from stepdbg.archive.recordings.keeping import RecordingFile

        self._file = RecordingFile("--record-to", self._path, tell)

    def begin(self) -> None:
        """Nothing before the program's first line."""

    def prepare(self, session: Session) -> None:
        """Let a session keep what its runs do; the file is closed when the process ends."""
        self._file.begin()
        atexit.register(partial(undisturbed, self._file.close))
        session.recording.tracing.keep(self._file)
        session.failures.kept = True


class Recording:
    """``with stepdbg.record("run.rec"): ...`` writes all that runs do in the block to a file.

    It works around `trio.run` and in a task, under stepdbg and without it.
    ``python -m stepdbg --open FILE`` shows the run as of any moment.

    Args:
        path: the file.  An existing file is replaced, and must be a recording.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        self._file: RecordingFile
        self._session: Session
        self._is_own = False

    def __enter__(self) -> None:
        """Keep what happens from here on.

        Raises:
            BadUsage: the file cannot be made there.
            NotNow: this process is being recorded already.
            StepdbgError: this Trio cannot be debugged.
        """
        from stepdbg.archive.recordings.keeping import RecordingFile
        from stepdbg.model.errors import NotNow

        from .pausing import current_session

        session = current_session()
        if session is None or session.out.detached:
            session = _session_apart()
            self._is_own = True
        recording = session.recording
        is_kept = recording.is_traced and recording.tracing.is_kept
        if is_kept or not _one.acquire(blocking=False):
            raise NotNow(f"record {self._path}: a recording is being made; end it first")
        try:
            self._file = RecordingFile("record", self._path, tell)
            self._session = session
            self._file.begin()
            recording.tracing.keep(self._file)
            if self._is_own:
                session.install()
                session.join_run_here()
        except BaseException:
            recording.tracing.keep(None)
            if self._is_own:
                session.uninstall()  # it may be half installed
            _one.release()
            raise

    def __exit__(self, *_: object) -> None:
        """Keep nothing more, and compress what was kept."""
        try:
            self._session.recording.tracing.keep(None)
            if self._is_own:
                self._session.uninstall()
            self._file.close()
        finally:
            _one.release()


def _session_apart() -> Session:
    """A session that takes hold of runs and asks nobody."""
    from stepdbg.engine.running.session import Session
    from stepdbg.model.options import SessionOptions
    from stepdbg.model.silent_front_end import SilentFrontEnd

    return Session(SilentFrontEnd(), SessionOptions(stops_at_start=False))
