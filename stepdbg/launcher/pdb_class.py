"""``pytest --pdb --pdbcls=stepdbg:Pdb``.

Owns: a class that looks like `pdb.Pdb` to pytest, and prompts as stepdbg does.
Does not own: the prompt (pausing).
"""

from __future__ import annotations

import pdb
from types import FrameType, TracebackType

from stepdbg.model.standard import sys, time
from stepdbg.model.stops import Quit

from .pausing import examine, pause


class Pdb(pdb.Pdb):
    """Takes the place of `pdb.Pdb`; pytest suspends its capturing around it."""

    def interaction(
        self, frame: FrameType | None, tb_or_exc: TracebackType | BaseException | None
    ) -> None:
        """Prompt on an exception, or where the program stands."""
        since = time.perf_counter()
        error = tb_or_exc if isinstance(tb_or_exc, BaseException) else _last_error(tb_or_exc)
        if error is not None:
            # If this is true, pytest ends the test run, as with pdb.
            self.quitting = isinstance(examine(error, since), Quit)
        else:
            pause(frame, since)

    def set_trace(self, frame: FrameType | None = None, **_options: object) -> None:
        """Prompt at a frame of the program."""
        since = time.perf_counter()
        pause(frame if frame is not None else sys._getframe(1), since)  # noqa: SLF001 - documented, CPython only


def _last_error(traceback: TracebackType | None) -> BaseException | None:
    """The exception of a traceback; before Python 3.13 pytest passes only the traceback."""
    for name in ("last_exc", "last_value"):
        error = getattr(sys, name, None)
        if isinstance(error, BaseException) and error.__traceback__ is not None:
            return error if traceback is not None else None
    return None
