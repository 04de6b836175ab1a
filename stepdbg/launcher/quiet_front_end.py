"""A front end that says nothing before the first stop.

Owns: `QuietFrontEnd`.  Does not own: the front end that it wraps.
"""

from __future__ import annotations

from stepdbg.model.stops import AFTER_END, Note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.model.protocols import Controller, FrontEnd, Inspector
    from stepdbg.model.stops import Event, Resume, Stop


class QuietFrontEnd:
    """A `FrontEnd` for a program that runs without a user and is only observed.

    It does not report that runs begin and end until the program asks for a stop.

    make: makes the front end that it wraps.  Called late, when there is something to say: until
        then a test runner may have replaced the real streams.
    """

    def __init__(self, make: Callable[[], FrontEnd]) -> None:
        self._make = make
        self._inner: FrontEnd | None = None
        self._session: tuple[Inspector, Controller] | None = None
        self._stopped = False

    def _opened(self) -> FrontEnd:
        if self._inner is None:
            self._inner = self._make()
            if self._session is not None:
                self._inner.on_session(*self._session)
        return self._inner

    @property
    def wants_recorder(self) -> bool:
        """False before the first stop, since nobody looks at the log until then."""
        return self._stopped and self._opened().wants_recorder

    @property
    def takes_ctrl_c(self) -> bool:
        """False before the first stop: until then Ctrl-C belongs to the program."""
        return self._stopped and self._opened().takes_ctrl_c

    def would_answer(self) -> bool:
        """Whether somebody would answer; false before the first stop, when nobody is there."""
        return self._stopped and self._opened().would_answer()

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Keep the session for the front end, which is made at the first stop."""
        self._session = inspector, controller
        if self._inner is not None:
            self._inner.on_session(inspector, controller)

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Ask the front end, and from now on tell it everything."""
        self._stopped = self._stopped or stop.kind not in AFTER_END
        return self._opened().on_stop(stop, inspector, controller)

    def on_event(self, event: Event) -> None:
        """Pass an event on if there has been a stop, or if it is a warning."""
        if self._stopped or isinstance(event, Note):
            self._opened().on_event(event)

    def close(self) -> None:
        """Close the front end, if there was a stop."""
        if self._inner is not None:
            self._inner.close()
