"""Waiting for a thread of stepdbg, and pausing one.

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
"""Seconds to wait until the system has ended a thread."""


class Bell:
    """Lets one thread wait until another has done something, or until Ctrl-C.

    It uses a bare lock, because a signal handler that raises cannot break it.  It can break
    `threading.Condition`: CPython may run the handler just after the condition has taken its lock,
    which then stays taken.
    """

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._lock.acquire()

    def ring(self) -> None:
        """Let the waiting thread check its condition again."""
        with suppress(RuntimeError):  # it has been rung already
            self._lock.release()

    def wait_until(self, ready: Callable[[], object]) -> None:
        """Wait until a condition is true; check it each time that the bell rings.

        Raises:
            KeyboardInterrupt: as `interruptible`.
        """
        with interruptible():
            self.wait_uninterrupted(ready)

    def wait_uninterrupted(self, ready: Callable[[], object]) -> None:
        """Wait as `wait_until` does, but handle Ctrl-C only afterwards."""
        while not ready():
            self._lock.acquire()


class RestingThread:
    """A thread of stepdbg that can pause: a process must have only one thread when it forks.

    Args:
        work: the thread calls it.  It must return True when `asked` can be read, and is called
            again after the pause; it returns False when there is no more to do.

    Attributes:
        asked: a descriptor that can be read when the thread must pause.
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
        """Start the thread, or let it go on after `rest`."""
        if not self._is_over:
            self._gone.acquire()
            start_quietly(self._run)

    def can_be_asked(self) -> bool:
        """Whether the thread can be paused: the program has not closed the descriptors for that."""
        return all(each.is_ours() for each in self._ends)

    def rest(self) -> bool:
        """Pause the thread, by ending it; `start` goes on.  False if it cannot be paused."""
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
        """Wait until the system has ended the thread; False if that takes too long."""
        end = time.monotonic() + _MOST_PATIENCE
        while time.monotonic() < end:
            try:
                if str(self._number) not in os.listdir("/proc/self/task"):
                    return True
            except OSError:
                return False
            time.sleep(0.0001)
        return False
