"""``--lint-report``: the lints of a run, written to a file as they are found.

Owns: `LintReport`.
Does not own: finding lints (engine.linting), their JSON (render), or the file (line_file).
"""

from __future__ import annotations

from .line_file import LineFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.lints import Lint

_FIRST_LINE = r'\{"kind":"lint",'


class LintReport:
    """A file of JSON lines, one for each lint.

    path: the file, made anew.
    """

    def __init__(self, path: str) -> None:
        """Raises `BadUsage`: see `LineFile`."""
        self._file = LineFile("--lint-report", path, _FIRST_LINE)

    def prepare(self, session: Session) -> None:
        """Let a session collect its lints here."""
        session.lints.collect(self._write)

    def _write(self, lint: Lint) -> None:
        from stepdbg.render.jsonlines import text_of

        self._file.write(text_of(lint).encode() + b"\n")
