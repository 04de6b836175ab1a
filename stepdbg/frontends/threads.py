"""Waiting for what a thread of ours does.

Owns: `Bell`.  Does not own: starting threads (model.quiet_threads), or what they do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from stepdbg.model.interrupts import interruptible
from stepdbg.model.standard import _thread


class Bell:
    """Lets one thread wait until another has done something, or until Ctrl-C.

    A bare lock, because a signal handler that raises cannot break it: CPython runs handlers
    between the calls of `threading.Condition`, which then keeps the lock that it has just taken.
    """

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._lock.acquire()

    def ring(self) -> None:
        """Let the thread that waits look again."""
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
