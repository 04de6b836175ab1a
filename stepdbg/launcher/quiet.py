"""A front end that says nothing before somebody is asked.

Owns: `Quiet`.  Does not own: the front end behind it.
"""

from __future__ import annotations

from stepdbg.model.stops import Note, StopKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.model.protocols import Controller, FrontEnd, Inspector
    from stepdbg.model.stops import Event, Resume, Stop


class Quiet:
    """A `FrontEnd` for a program that runs by itself, and only wants to be looked at.

    Runs that begin and end are nobody's business until the program asks for a stop.
    """

    def __init__(self, inner: FrontEnd) -> None:
        self._inner = inner
        self._stopped = False

    @property
    def wants_recorder(self) -> bool:
        """No: nobody steps."""
        return self._stopped and self._inner.wants_recorder

    @property
    def takes_ctrl_c(self) -> bool:
        """No: it means what it means to the program."""
        return self._stopped and self._inner.takes_ctrl_c

    def would_answer(self) -> bool:
        """Whether somebody would answer; nobody minds deadlocks before there is a stop."""
        return self._stopped and self._inner.would_answer()

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Trio has been imported."""
        self._inner.on_session(inspector, controller)

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Ask the one behind."""
        self._stopped = self._stopped or stop.kind is not StopKind.POST_MORTEM
        return self._inner.on_stop(stop, inspector, controller)

    def on_event(self, event: Event) -> None:
        """Pass it on if the program is being watched, or something is wrong."""
        if self._stopped or isinstance(event, Note):
            self._inner.on_event(event)

    def close(self) -> None:
        """The program has ended."""
        self._inner.close()
