"""A front end that shows nothing and lets the program go on.

Owns: `SilentFrontEnd`.  Does not own: the protocol (model.protocols).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocols import Controller, Inspector
    from .stops import Event, Resume, Stop


class SilentFrontEnd:
    """A `FrontEnd` that lets every stop go on and every event pass."""

    wants_recorder = False
    takes_ctrl_c = False

    def would_answer(self) -> bool:
        """Nobody is there to answer."""
        return False

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Does nothing."""

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:  # noqa: ARG002 - the protocol's
        """Let the program go on."""
        from .stops import Continue

        return Continue()

    def on_event(self, event: Event) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Does nothing."""
