"""Looking at runs that last too long.

Owns: `HangWatch`, `before_termination`.
Does not own: what is done with a run that lasts too long (pytest_plugin, pytest_session), or how a
run is halted (engine).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.model.standard import os, signal, threading

if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import Inspector

GRACE = 3.0
"""Seconds that a run may take to halt.  After that stepdbg looks at it while it runs: one of its
steps goes on for ever."""

_ASKED_AGAIN = 0.5  # seconds between looks at whether the user is still at a prompt


class HangWatch:
    """Halts the runs of a process when a time limit has passed, once for each limit.

    Args:
        session: its runs are halted.
        look: called, on a separate thread, with what reads a run that could not be halted.
    """

    def __init__(self, session: Session, look: Callable[[Inspector], None]) -> None:
        self._session = session
        self._look = look
        self._ended = threading.Event()
        self._seen = threading.Event()
        self._due = False

    def begin(self, seconds: float) -> None:
        """Start a time limit of so many seconds, which replaces the one before it."""
        self.end()
        self._ended, self._seen = threading.Event(), threading.Event()
        threading.Thread(
            target=self._watch,
            args=(seconds, self._ended, self._seen),
            name="stepdbg time limit",
            daemon=True,
        ).start()

    def end(self) -> None:
        """Stop watching, because the watched code has ended."""
        self._ended.set()
        self._due = False

    def is_up(self) -> bool:
        """Whether the time limit has passed; asked at a stop, so the run could be halted."""
        self._seen.set()
        return self._due

    def _watch(self, seconds: float, ended: threading.Event, seen: threading.Event) -> None:
        while not ended.wait(seconds):
            if self._session.desk.asked is None:
                break
            seconds = _ASKED_AGAIN  # a user who is being asked is not interrupted
        if ended.is_set():
            return
        self._due = True
        self._session.controller.halt()
        if not seen.wait(GRACE) and not ended.is_set() and self._session.runs.active():
            self._look(LiveInspector(self._session, None))


def before_termination(work: Callable[[], None]) -> Callable[[], None]:
    """Do something when SIGTERM arrives: CI systems end programs that hang with it.

    Does nothing except on the main thread and where the signal has its default handler.  The
    process still ends by the signal.

    Returns:
        A function that gives the signal back.
    """
    default = signal.SIG_DFL
    here = threading.get_ident() == threading.main_thread().ident
    if not here or signal.getsignal(signal.SIGTERM) is not default:
        return lambda: None

    def on_signal(*_: object) -> None:
        signal.signal(signal.SIGTERM, default)
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def give_back() -> None:
        if signal.getsignal(signal.SIGTERM) is on_signal:
            signal.signal(signal.SIGTERM, default)

    signal.signal(signal.SIGTERM, on_signal)
    return give_back
