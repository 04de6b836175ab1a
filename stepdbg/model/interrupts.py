"""SIGINT while a stop is held.

Owns: the SIGINT handler for the duration of a stop, and which places it may interrupt.
Does not own: Ctrl-C while the program runs, which is Trio's or the program's
(engine.noticing.ctrl_c).

In a hook Trio defers SIGINT and would hand it to the program after the prompt.  At a stop inside
a step it would raise inside our call-back.  So a stop on the main thread takes the signal for
itself.  Its handler raises `KeyboardInterrupt` only within `interruptible`: around code that was
typed, around methods of the program's objects, around a read that waits.  What typed code sends
by itself (`os.kill`) is not a key: it is noted for the program, which gets it as its own.  Anywhere
else the handler only notes the signal: an exception in the middle of our own work leaves an import
half made, a terminal half given back, or a stop half ended.  What was noted is raised at the next
`interruptible`, and what is still noted when the stop is over goes to the handler that was there
before.
"""

from __future__ import annotations

# `signal.signal` makes an enum of what it gives back, and raises to find out that it is none:
# that is a twentieth of a stop.
from _signal import getsignal as _getsignal  # type: ignore[import-not-found]  # has no stub
from _signal import raise_signal as _raise_signal
from _signal import signal as _set_signal
from collections.abc import Callable
from types import FrameType

from stepdbg.model.standard import signal, threading

Handler = Callable[[int, FrameType | None], object] | int | None
"""What `signal.signal` takes and gives back."""

_IsOwn = Callable[[FrameType | None], bool]

_before: list[Handler] = []
"""The handlers that were replaced, outermost first."""


_SIGINT = int(signal.SIGINT)


def sigint_handler() -> object:
    """The handler that SIGINT has while nothing is held."""
    return _before[0] if _before else signal.getsignal(signal.SIGINT)


def replace_handler(ours: Callable[..., object], by: Handler) -> None:
    """Put another handler in the place of one of ours, also where a stop has taken SIGINT.

    Does nothing on other threads, and where the program has a handler of its own.
    """
    for place, handler in enumerate(_before):
        if handler == ours:
            _before[place] = by
    if _getsignal(_SIGINT) == ours:
        signal.signal(signal.SIGINT, by)


class _AtStop:
    """What came of SIGINT since a stop has taken it.

    Attributes:
        noted: it came, and nobody has been told.
        came_before: it came before a stop that is about to be made, and is that stop's.
        opens: whether the main thread is within `interruptible`.
        keeps: whether raising it leaves it noted.
        sent: code that was typed has sent it: the program gets it as its own.
        is_own: says that of the frame that the signal has interrupted; None: nobody asks.
        delivers_own: the signal that is being handed on was sent by typed code.
    """

    __slots__ = ("came_before", "delivers_own", "is_own", "keeps", "noted", "opens", "sent")

    def __init__(self) -> None:
        self.noted = self.opens = self.keeps = self.sent = self.delivers_own = False
        self.came_before = False
        self.is_own: _IsOwn | None = None

    def takes_as_own(self, frame: FrameType | None) -> bool:
        """Whether typed code has sent it, which has interrupted this frame; it is noted then."""
        if self.is_own is None or not self.is_own(frame):
            return False
        self.sent = True
        return True

    def handle(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler
        """The handler: raises where that hurts nothing, else notes."""
        if self.opens and self.takes_as_own(frame):
            return
        if self.opens:
            # Once only: a second signal must not break into what handles the first one.
            self.opens = False
            self.noted = self.keeps
            raise KeyboardInterrupt
        self.noted = True

    def take(self) -> bool:
        """Whether it came since the last time; it is told once unless it is to be kept."""
        noted = self.noted
        self.noted = noted and self.keeps
        return noted


at_stop = _AtStop()

# Bound once: `sigint_handled_by` compares it.
_handle = at_stop.handle


class sigint_handled_by:  # noqa: N801 - used like a function, and no generator: every stop enters it
    """Let a handler of ours have SIGINT in the block; restore the one before afterwards.

    Does nothing on other threads (Python delivers signals to the main one, which is not
    held) or when the handler was not set from Python and so could not be put back.  A handler
    that code typed in the block has set stays.
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
            at_stop.noted, at_stop.came_before = at_stop.came_before, False
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
        self._handler, self._replaced = _handle, False  # as the other does, a call less a stop


def keep() -> None:
    """At this stop SIGINT is meant for the program: nobody sits there who could have wanted it.

    It still breaks into what may be interrupted, and the program gets it when the stop is over,
    by `deliver`.
    """
    if threading.get_ident() == threading.main_thread().ident:
        at_stop.keeps = True


class interruptible:  # noqa: N801 - used like a function
    """A block in which SIGINT at a stop raises `KeyboardInterrupt`.

    One that was noted before is raised on entering.  It may also be raised after the last
    statement of the block, so that the handler (`except KeyboardInterrupt`) has to stand around
    the block.  Does nothing where no stop has taken SIGINT, and on other threads.
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
    """The same for code that was typed, which may send SIGINT itself.

    Args:
        is_own: says of the frame that the signal has interrupted whether it has sent it.
    """

    __slots__ = ("_before",)

    def __init__(self, is_own: _IsOwn) -> None:
        self._before, at_stop.is_own = at_stop.is_own, is_own

    def __exit__(self, *raised: object) -> None:
        at_stop.is_own = self._before
        super().__exit__(*raised)


def leave_to_next_stop() -> None:
    """SIGINT came just before a stop, on the main thread; it counts as if that were being made."""
    at_stop.came_before = True


def noticed() -> bool:
    """Whether SIGINT came at this stop and nobody has been told; it is told once."""
    return threading.get_ident() == threading.main_thread().ident and at_stop.take()


def deliver() -> None:
    """Hand what was noted and never told to the handler that SIGINT has now.

    To be called when a stop is over.  Raises what that handler raises, on the main thread.
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
