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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

_before: list[object] = []
"""The handlers that were replaced, outermost first."""


def sigint_handler() -> object:
    """The handler that SIGINT has while nothing is held."""
    return _before[0] if _before else signal.getsignal(signal.SIGINT)


def _raise(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    raise KeyboardInterrupt


def interrupts_are_ours() -> AbstractContextManager[None]:
    """Let SIGINT raise KeyboardInterrupt in the block; restore the handler afterwards."""
    return sigint_handled_by(_raise)


@contextmanager
def sigint_handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let a handler of ours have SIGINT in the block; restore the one before afterwards.

    Does nothing on other threads (Python delivers signals to the main one, which is not
    held) or when the handler was not set from Python and so could not be put back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if before is None:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    _before.append(before)
    try:
        yield
    finally:
        _before.pop()
        signal.signal(signal.SIGINT, before)
