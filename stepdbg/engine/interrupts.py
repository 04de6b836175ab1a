"""Ctrl-C while a run is held.

Owns: the SIGINT handler for the duration of a stop.
Does not own: Ctrl-C while the program runs, which is Trio's or the program's.

In a hook Trio defers SIGINT and would hand it to the program after the prompt; at a stop
inside a step it would raise inside our call-back.  So a stop on the main thread takes the
signal for itself: it raises KeyboardInterrupt here, where the evaluator (an expression that
does not end) or the front end (a read that waits) catches it.
"""

from __future__ import annotations

import signal
import threading

# `signal.signal` makes an enum of what it gives back, and raises to find out that it is none:
# that is a twentieth of a stop.
from _signal import getsignal as _getsignal  # type: ignore[import-not-found]  # has no stub
from _signal import signal as _set_signal
from collections.abc import Callable
from types import FrameType

Handler = Callable[[int, FrameType | None], object] | int | None
"""What `signal.signal` takes and gives back."""

_before: list[Handler] = []
"""The handlers that were replaced, outermost first."""


_SIGINT = int(signal.SIGINT)


def sigint_handler() -> object:
    """The handler that SIGINT has while nothing is held."""
    return _before[0] if _before else signal.getsignal(signal.SIGINT)


def _raise(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    raise KeyboardInterrupt


def interrupts_are_ours() -> sigint_handled_by:
    """Let SIGINT raise KeyboardInterrupt in the block; restore the handler afterwards."""
    return sigint_handled_by(_raise)


class sigint_handled_by:  # noqa: N801 - used like a function, and no generator: every stop enters it
    """Let a handler of ours have SIGINT in the block; restore the one before afterwards.

    Does nothing on other threads (Python delivers signals to the main one, which is not
    held) or when the handler was not set from Python and so could not be put back.
    """

    def __init__(self, handler: Callable[[int, FrameType | None], None]) -> None:
        self._handler = handler
        self._replaced = False

    def __enter__(self) -> None:
        if threading.get_ident() != threading.main_thread().ident:
            return
        before = _getsignal(_SIGINT)
        if before is not None:
            _set_signal(_SIGINT, self._handler)
            _before.append(before)
            self._replaced = True

    def __exit__(self, *_: object) -> None:
        if self._replaced:
            _set_signal(_SIGINT, _before.pop())
