"""``--timeout``: stepdbg dumps and quits a program that has not ended in time.

Owns: `TimeLimit`, a front end that wraps the one that was chosen.
Does not own: dump files (archive), how a program is quit (engine).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.errors import StepdbgError
from stepdbg.model.standard import threading
from stepdbg.model.stops import Event, Quit, Resume, Stop

from . import dumping

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.model.protocols import Controller, FrontEnd, Inspector

GRACE = 5.0
"""Seconds that a run may take to halt.  After that one of its steps goes on for ever: stepdbg
dumps it while it runs, and ends it without its cleanup."""

CLEANUP = 10.0
"""Seconds for the cleanup of a run that was quit; after that stepdbg ends it, as no user can."""


class TimeLimit:
    """A `FrontEnd` for a program that may take only so long.

    If the user is at a prompt when the time is up, stepdbg waits for their answer, and the program
    ends when it would go on.

    Args:
        inner: the front end that it wraps.
        seconds: how long, from when Trio has been imported.
        path: the file for the dump.
        tell: shows a sentence to the user.
        values: whether the dump keeps what variables hold.
    """

    def __init__(
        self,
        inner: FrontEnd,
        seconds: float,
        path: str,
        tell: Callable[[str], None],
        *,
        values: bool = True,
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._path = path
        self._values = values
        self._tell = tell
        self._expired = False
        self._asking = 0
        self._dumped = threading.Event()
        self._ended = threading.Event()
        self._session: tuple[Inspector, Controller] | None = None

    @property
    def wants_recorder(self) -> bool:
        """Whether the wrapped front end wants the recorder on."""
        return self._inner.wants_recorder

    @property
    def takes_ctrl_c(self) -> bool:
        """Whether Ctrl-C stops the program, as the wrapped front end says."""
        return self._inner.takes_ctrl_c

    def would_answer(self) -> bool:
        """Whether the wrapped front end would answer at a stop."""
        return self._inner.would_answer()

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Trio has been imported: the time limit starts now."""
        self._inner.on_session(inspector, controller)
        self._session = inspector, controller
        threading.Thread(target=self._watch, name="stepdbg time limit", daemon=True).start()

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Ask the wrapped front end; if the time is up, dump and quit."""
        if not self._expired:
            self._asking += 1
            try:
                resume = self._inner.on_stop(stop, inspector, controller)
            finally:
                self._asking -= 1
            if not self._expired:
                return resume
        if not self._dumped.is_set():
            self._dump(inspector, stop)
        return Quit()

    def on_event(self, event: Event) -> None:
        """Pass an event on to the wrapped front end."""
        self._inner.on_event(event)

    def close(self) -> None:
        """The program has ended: stop the watch, and close the wrapped front end."""
        self._ended.set()
        self._inner.close()

    def _watch(self) -> None:
        assert self._session is not None
        inspector, controller = self._session
        if self._ended.wait(self._seconds):
            return
        self._expired = True
        controller.halt()
        if self._dumped.wait(GRACE):
            if self._ended.wait(CLEANUP):
                return
            self._tell(f"the cleanup takes more than {CLEANUP:g} s: the program ends without it")
        elif self._asking or self._ended.is_set():
            return
        else:
            self._dump(inspector, None)
        controller.quit_soon(hard=True)

    def _dump(self, inspector: Inspector, stop: Stop | None) -> None:
        late = f"the program has not ended after {self._seconds:g} s"
        try:
            size = dumping.write(inspector, self._path, values=self._values, stop=stop)
        except StepdbgError as error:
            self._tell(f"{late}, and there is no dump of it: {error}")
        else:
            self._tell(f"{late}: written to {self._path} ({size / 1000:,.0f} kB)")
        finally:
            self._dumped.set()
