"""Ctrl-C while something is awaited at the prompt.

Owns: the SIGINT handler for that time.  Does not own: what an interrupt ends (pump), Ctrl-C
at a stop (engine.interrupts) or while the program runs.

It raises KeyboardInterrupt in the code that was typed, where Trio would raise it, and nowhere
else: neither Trio's code nor another task's must be torn apart for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs, turning
from stepdbg.engine.interrupts import sigint_handled_by

if TYPE_CHECKING:
    from stepdbg._trio_internals.runs import Runner


class Interrupts:
    """Ctrl-C, noted or raised."""

    def __init__(self) -> None:
        self._noted = False
        self._raises = False
        self._runner: Runner | None = None

    def take(self) -> bool:
        """Whether there was a Ctrl-C since the last call."""
        noted, self._noted = self._noted, False
        return noted

    @contextmanager
    def taken(self, runner: Runner) -> Iterator[None]:
        """Handle SIGINT in the block; a no-op off the main thread, where no signal arrives."""
        self._runner = runner
        with sigint_handled_by(self._handle):
            yield

    @contextmanager
    def raised(self) -> Iterator[None]:
        """The code that was typed runs in the block."""
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    def _handle(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler
        if self._raises and not turning.ki_protection_enabled(frame):
            raise KeyboardInterrupt
        self._noted = True
        if self._runner is not None:
            runs.wake_loop(self._runner)
