"""The stops that tests ask for.

Owns: `Pauses`, which passes them to the session of a test run.
Does not own: the prompt (pytest_prompt), or `breakpoint()` (pausing).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import pausing
from .failing import ask_meanwhile

if TYPE_CHECKING:
    from types import FrameType

    from stepdbg.engine.running.session import Session
    from stepdbg.model.stops import Asked, Resume


class Pauses:
    """Serves `breakpoint()` and `stepdbg.set_trace()` for the session of a test run."""

    def __init__(self, session: Session) -> None:
        self.session: Session | None = session
        self._give_back: Callable[[], None] | None = None

    def begin(self) -> None:
        """Serve stops from now on, unless this process is under stepdbg anyway."""
        if pausing.current_session() is None:
            self._give_back = pausing.be_current(self)

    def end(self) -> None:
        """Serve no more stops, and give pytest its functions back."""
        if self._give_back is not None:
            self._give_back()
            pausing.no_longer(self)

    def pause(self, frame: FrameType, asked: Asked) -> None:
        """Stop at a frame of a test."""
        if self.session is not None:
            self.session.pause(frame, asked)

    def session_now(self) -> Session | None:
        """The session of the test run, until it is over."""
        return self.session

    def post_mortem(self, error: BaseException, *, asked: float | None = None) -> Resume | None:
        """Prompt on an exception that a test has shown; what the user said."""
        if self.session is None or asked is None:
            return None
        return ask_meanwhile(self.session, error, asked)
