"""How a run learns that it is over.

Owns: bringing the hook for the end of a run to that run when it ends.
Does not own: what a run does at its end (run), how Trio tells (runs.patch_run_end).

A program can see which hooks its run carries, and Trio's own tests look. So the hook comes
when Trio has begun to take the run apart, right before it calls `after_run`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs

if TYPE_CHECKING:
    from .run import DebuggedRun
    from .run_book import RunBook


class RunEnds:
    """Tells the runs of a session of their end.

    Args:
        book: the runs.
    """

    def __init__(self, book: RunBook) -> None:
        self._book = book
        self._restore: Callable[[], None] | None = None

    def begin(self) -> None:
        """From now on, know when runs end."""
        self._restore = runs.patch_run_end(self._on_closing)

    def expect(self, run: DebuggedRun) -> None:
        """A run has been attached; where this Trio lacks what is patched it has its hook now."""
        if self._restore is None:
            runs.carry(run.runner, run.end_hook)

    def close(self) -> None:
        """Know of no end any more; runs under way have their hook from here."""
        restore, self._restore = self._restore, None
        if restore is not None:
            for run in self._book.active():
                self.expect(run)
            restore()

    def _on_closing(self, closing: Callable[[runs.Runner], bool]) -> None:
        for run in self._book.active():
            try:
                if closing(run.runner):
                    runs.carry(run.runner, run.end_hook)
            except BaseException as error:  # nothing may escape into Trio
                run.fail(error)
