"""SIGINT during a stop.

Owns: the SIGINT handler for the duration of a stop, and which places it may interrupt.
Does not own: Ctrl-C while the program runs, which is Trio's or the program's
(engine.noticing.ctrl_c).

In a hook, Trio defers SIGINT and would hand it to the program after the prompt.  At a stop inside
a step, Trio's handler would raise inside stepdbg's callback.  So a stop on the main thread takes
the signal for itself.  Its handler raises `KeyboardInterrupt` only within `interruptible`: around
typed code, around methods of the program's objects, around a read that waits.  A signal that typed
code sends itself (`os.kill`) is not a key press: the handler notes it for the program, which gets
it later.  Anywhere else the handler only notes the signal, because an exception in the middle of
stepdbg's own work would leave an import half made, a terminal half restored, or a stop half ended.
The next `interruptible` raises a noted signal.  If it is still noted when the stop is over, it goes
to the handler that was there before.
"""

from __future__ import annotations

# `signal.signal` tries to make an enum of the handler that it returns, and catches an exception
# when that fails: this takes a twentieth of a stop.
from _signal import getsignal as _getsignal  # type: ignore[import-not-found]  # has no stub
from _signal import raise_signal as _raise_signal
from _signal import signal as _set_signal
from collections.abc import Callable
from types import FrameType

from stepdbg.model.standard import signal, threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

Handler = Callable[[int, FrameType | None], object] | int | None
"""What `signal.signal` takes and returns."""

_IsOwn = Callable[[FrameType | None], bool]

_before: list[Handler] = []
"""The handlers that were replaced, outermost first."""


_SIGINT = int(signal.SIGINT)


def sigint_handler() -> object:
    """The handler that SIGINT has outside stops."""
    return _before[0] if _before else signal.getsignal(signal.SIGINT)


def replace_handler(ours: Callable[..., object], by: Handler) -> None:
    """Replace one of stepdbg's handlers by another, also while a stop has taken SIGINT.

    Does nothing on other threads, or if the program has set a handler of its own.
    """
    for place, handler in enumerate(_before):
        if handler == ours:
            _before[place] = by
    if _getsignal(_SIGINT) == ours:
        signal.signal(signal.SIGINT, by)


class _AtStop:
    """What has happened to SIGINT since a stop took it.

    Attributes:
        noted: it came, and nothing has handled it yet.
        came_before: it came just before a stop that is about to begin, and belongs to that stop.
        opens: whether the main thread is within `interruptible`.
        keeps: whether raising it leaves it noted.
        sent: typed code has sent it: the program gets it.
        is_own: tells whether the interrupted frame is typed code that sent it; None: do not ask.
        delivers_own: the signal that is being handed on was sent by typed code.
    """

    __slots__ = ("came_before", "delivers_own", "is_own", "keeps", "noted", "opens", "sent")

    def __init__(self) -> None:
        self.noted = self.opens = self.keeps = self.sent = self.delivers_own = False
        self.came_before = False
        self.is_own: _IsOwn | None = None

    def takes_as_own(self, frame: FrameType | None) -> bool:
        """Whether typed code sent the signal that interrupted this frame; if so, note it."""
        if self.is_own is None or not self.is_own(frame):
            return False
        self.sent = True
        return True

    def handle(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler
        """The handler: raises where that does no harm, else notes the signal."""
        if self.opens and self.takes_as_own(frame):
            return
        if self.opens:
            # Once only: a second signal must not break into what handles the first one.
            self.opens = False
            self.noted = self.keeps
            raise KeyboardInterrupt
        self.noted = True

    def take(self) -> bool:
        """Whether it came since the last call; True only once, unless it must be kept."""
        noted = self.noted
        self.noted = noted and self.keeps
        return noted


at_stop = _AtStop()

# Bound once: `sigint_handled_by` compares it.
_handle = at_stop.handle


class sigint_handled_by:  # noqa: N801 - used like a function, and no generator: every stop enters it
    """Let one of stepdbg's handlers have SIGINT in the block; restore the earlier one after it.

    Does nothing on other threads (Python delivers signals to the main one, which is not
    held), or if the handler was not set from Python and so could not be restored.  A handler
    that typed code sets in the block stays.
    """

    _is_stops = False  # see `_AtStop`

    def __init__(self, handler: Callable[[int, FrameType | None], None]) -> None:
        self._handler = handler
        self._replaced = False

    def __enter__(self) -> None:
        before = _getsignal(_SIGINT)
        if before is None:
            return
        try:
            _set_signal(_SIGINT, self._handler)
        except ValueError:  # not the main thread
            return
        _before.append(before)
        self._replaced = True
        if self._is_stops:
            # Inside another such block the signal came at a time that belongs to this stop as well.
            at_stop.noted = at_stop.came_before or (at_stop.noted and before == self._handler)
            at_stop.came_before = False
            at_stop.opens = at_stop.keeps = at_stop.sent = False

    def __exit__(self, *_: object) -> None:
        if self._replaced:
            before = _before.pop()
            if _getsignal(_SIGINT) == self._handler:
                _set_signal(_SIGINT, before)


class taken_at_stop(sigint_handled_by):  # noqa: N801 - used like a function
    """Take SIGINT for a stop; the handler is restored when the block ends."""

    _is_stops = True

    def __init__(self) -> None:
        self._handler, self._replaced = _handle, False  # as in the base class, but one call fewer


def keep() -> None:
    """At this stop SIGINT is meant for the program: no user is there who could press Ctrl-C.

    It still interrupts what may be interrupted, and `deliver` hands it to the program when the
    stop is over.
    """
    if threading.get_ident() == threading.main_thread().ident:
        at_stop.keeps = True


class interruptible:  # noqa: N801 - used like a function
    """A block in which SIGINT at a stop raises `KeyboardInterrupt`.

    If a signal was noted before, the block raises on entering.  It may also raise after its
    last statement, so the handler (`except KeyboardInterrupt`) must stand around the whole
    block.  Does nothing if no stop has taken SIGINT, and on other threads.
    """

    __slots__ = ("_outer",)

    def __enter__(self) -> None:
        self._outer = at_stop.opens
        if not _before or threading.get_ident() != threading.main_thread().ident:
            return
        at_stop.opens = True
        if at_stop.noted:
            at_stop.opens = self._outer
            at_stop.take()
            raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        if threading.get_ident() == threading.main_thread().ident:
            at_stop.opens = self._outer


class typed_code_runs(interruptible):  # noqa: N801 - used like a function
    """The same for typed code, which may send SIGINT itself.

    Args:
        is_own: tells whether the frame that the signal interrupted has sent it.
    """

    __slots__ = ("_before",)

    def __init__(self, is_own: _IsOwn) -> None:
        self._before, at_stop.is_own = at_stop.is_own, is_own

    def __exit__(self, *raised: object) -> None:
        at_stop.is_own = self._before
        super().__exit__(*raised)


def undisturbed(work: Callable[[], T]) -> T:
    """Do work of stepdbg's outside of any stop, such as writing a dump: SIGINT does not break in.

    A signal that nothing handles meanwhile is left to the next stop, or to the next such call.
    """
    with taken_at_stop():
        try:
            return work()
        finally:
            if noticed():
                leave_to_next_stop()


def leave_to_next_stop() -> None:
    """Leave a SIGINT that came just before a stop to that stop; called on the main thread."""
    at_stop.came_before = True


def is_left() -> bool:
    """Whether a SIGINT has been left to the next stop."""
    return at_stop.came_before


def noticed() -> bool:
    """Whether SIGINT came at this stop and nothing has handled it; True only once."""
    return threading.get_ident() == threading.main_thread().ident and at_stop.take()


def deliver() -> None:
    """Hand a signal that is still noted to the handler that SIGINT has now.

    Call it when a stop is over.  Raises what that handler raises, on the main thread.
    """
    if (
        not (at_stop.noted or at_stop.sent)
        or threading.get_ident() != threading.main_thread().ident
    ):
        return
    at_stop.delivers_own = at_stop.sent
    at_stop.noted = at_stop.sent = False
    try:
        _raise_signal(_SIGINT)
    finally:
        at_stop.delivers_own = False
