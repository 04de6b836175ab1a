"""``--timeline``: what a program's runs do, drawn into a file when it ends.

Owns: `TimelineWish`.
Does not own: recording (engine), the lanes (commands.timeline), or how they look (drawing).
"""

from __future__ import annotations

import atexit
from functools import partial

from stepdbg.drawing.pictures import painter_of
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import RunId
from stepdbg.model.interrupts import undisturbed
from stepdbg.model.lanes import Lanes
from stepdbg.model.program_streams import tell
from stepdbg.model.standard import contextlib, os
from stepdbg.model.whole_files import check_own, replace_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session

_KEPT = 200_000
"""How many events of a run are drawn, the last ones.  They take some 40 MB of memory while it runs,
and make a page of 10 MB."""


class TimelineWish:
    """A drawing of all runs, made when the process ends.

    path: the file.
    """

    def __init__(self, path: str) -> None:
        """Raises `BadUsage` if the name of the file does not say what to draw."""
        self._path = path
        self._painter = painter_of("timeline", path)
        self._drawn: dict[RunId, Lanes] = {}
        self._session: Session
        self._process = 0

    def check(self) -> None:
        """Raise `StepdbgError` if there is a file that stepdbg has not written."""
        check_own(self._path, ours=(self._painter.first_line,))

    def begin(self) -> None:
        """Nothing before the program's first line."""

    def prepare(self, session: Session) -> None:
        """Let a session record enough; the file is written when the process ends."""
        self._session, self._process = session, os.getpid()
        kept = session.settings.record_size
        kept.value = max(kept.value, _KEPT)
        session.recording.at_run_end(lambda number, _run: self._take(number))
        atexit.register(partial(undisturbed, self._write))

    def _take(self, run: RunId) -> None:
        """Keep the lanes of a run that has ended, since the next run overwrites its record."""
        from stepdbg.commands.timeline import whole

        with contextlib.suppress(NotNow):  # `set record off`
            self._drawn[run] = whole(self._session.inspector().view(run))

    def _write(self) -> None:
        if self._process != os.getpid():
            return  # a forked child: the file is its parent's
        try:
            for run in self._session.runs.active():  # in threads that are still running
                self._take(run.id)
            if not any(lanes.lanes for lanes in self._drawn.values()):
                raise NotNow(f"--timeline {self._path} is not written: no task has run")
            content = self._painter.paint(sorted(self._drawn.items())).encode()
            replace_own(self._path, content, ours=(self._painter.first_line,))
        except StepdbgError as error:
            tell(str(error))
