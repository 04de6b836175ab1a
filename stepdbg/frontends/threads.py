"""Threads of ours that the program does not see.

Owns: starting them, and waiting for what one of them does.  Does not own: what they do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from stepdbg.model.interrupts import interruptible
from stepdbg.model.standard import _thread, signal


def start_quietly(function: Callable[[], None]) -> None:
    """Run a function in a thread that `threading` does not list and no signal reaches.

    A program that counts its threads, hooks `threading` or waits for signals with `sigwait`
    must not meet ours.  The process ends without waiting for it.
    """
    # A new thread takes its mask from the one that starts it: there is no moment without.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        _thread.start_new_thread(function, ())
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


class Bell:
    """Lets one thread wait until another has done something, or until Ctrl-C.

    A bare lock, because a signal handler that raises cannot break it: CPython runs handlers
    between the calls of `threading.Condition`, which then keeps the lock that it has just taken.
    """

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._lock.acquire()

    def ring(self) -> None:
        """Let whoever waits look again."""
        with suppress(RuntimeError):  # it has been rung already
            self._lock.release()

    def wait_until(self, ready: Callable[[], object]) -> None:
        """Wait until something is true that is looked at when the bell rings.

        Raises:
            KeyboardInterrupt: as `interruptible`.
        """
        with interruptible():
            self.wait_uninterrupted(ready)

    def wait_uninterrupted(self, ready: Callable[[], object]) -> None:
        """As `wait_until`, but Ctrl-C has to wait."""
        while not ready():
            self._lock.acquire()
