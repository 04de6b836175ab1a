"""Wait for what a thread of stepdbg's does, and do without that thread for a while.

Owns: `Bell`, `RestingThread`.
Does not own: starting threads (model.quiet_threads), or what they do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from stepdbg.model.interrupts import interruptible
from stepdbg.model.program_streams import OwnDescriptor, lift
from stepdbg.model.quiet_threads import start_quietly
from stepdbg.model.standard import _thread, os, time

_MOST_PATIENCE = 1.0
"""Seconds that the system has to let a thread go."""


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
        """Wait until a condition is true, which is checked each time that the bell rings.

        Raises:
            KeyboardInterrupt: as `interruptible`.
        """
        with interruptible():
            self.wait_uninterrupted(ready)

    def wait_uninterrupted(self, ready: Callable[[], object]) -> None:
        """As `wait_until`, but Ctrl-C has to wait."""
        while not ready():
            self._lock.acquire()


class RestingThread:
    """A thread of stepdbg's that can pause: a process must have only one thread when it forks.

    Args:
        work: is done by the thread.  It returns True when `asked` can be read, to be called again
            later; False at its end.

    Attributes:
        asked: a descriptor that can be read when the thread is to rest.
    """

    def __init__(self, work: Callable[[], bool]) -> None:
        self._work = work
        low = os.pipe()
        self.asked, ask = map(lift, low)
        self._ends = OwnDescriptor(self.asked), OwnDescriptor(ask)
        for each in low:
            os.close(each)
        self._is_over = False
        self._number = 0
        self._gone = _thread.allocate_lock()

    def start(self) -> None:
        """Let it work, or go on with that."""
        if not self._is_over:
            self._gone.acquire()
            start_quietly(self._run)

    def can_be_asked(self) -> bool:
        """Whether the program has left us the descriptors for that."""
        return all(each.is_ours() for each in self._ends)

    def rest(self) -> bool:
        """Wait until it has ended; `start` goes on.  False: nobody tells whether it has."""
        if not self.can_be_asked():
            return False
        os.write(self._ends[1].number, b"x")
        with self._gone:
            os.read(self.asked, 1)
        return self._has_gone()

    def _run(self) -> None:
        try:
            self._number = _thread.get_native_id()
            self._is_over = not self._work()
        finally:
            self._gone.release()

    def _has_gone(self) -> bool:
        """Wait until the system does not know the thread any more."""
        end = time.monotonic() + _MOST_PATIENCE
        while time.monotonic() < end:
            try:
                if str(self._number) not in os.listdir("/proc/self/task"):
                    return True
            except OSError:
                return False
            time.sleep(0.0001)
        return False
