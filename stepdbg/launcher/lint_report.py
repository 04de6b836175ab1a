"""``--lint-report``: the lints of a run, written to a file as they are found.

Owns: `LintReport`, and the front end for a program that nobody talks about.
Does not own: finding lints (engine.linting), or their JSON (render).

Every line is written at once: what was found before a crash is there after it. A disk that is
full must not end the program: what cannot be written is told once, and no line is cut.
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import errno, os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.lints import Lint


class LintReport:
    """A file of JSON lines, one for each lint.

    path: the file, made anew.
    """

    def __init__(self, path: str) -> None:
        """Raises `BadUsage` when it cannot be written."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        try:
            self._file = os.open(path, flags, 0o666)
        except OSError as error:
            raise BadUsage(f"--lint-report {path}: {error.strerror}") from None
        self._path, self._process, self._is_whole = path, os.getpid(), True

    def prepare(self, session: Session) -> None:
        """Let a session collect its lints here."""
        session.lints.collect(self._write)

    def _write(self, lint: Lint) -> None:
        from stepdbg.render.jsonlines import text_of

        if self._process != os.getpid():
            return  # a forked child: the report is its parent's
        line = text_of(lint).encode() + b"\n"
        try:
            written = os.write(self._file, line)
            if written < len(line):
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            if self._is_whole:
                from stepdbg.model.program_streams import tell

                self._is_whole = False
                tell(f"--lint-report {self._path} is not complete: {error.strerror}")
