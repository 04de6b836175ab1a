"""A thread of stepdbg's that calls a function at regular intervals.

Owns: `Ticker`, that thread, which sleeps while there is nothing to look at, and ends before the
process forks or ends.
Does not own: what is looked at (noticing.lasting).

`threading` does not list it, because a program that waits for its threads, or counts them, must not
find it.  But the kernel counts it, and from Python 3.12 on `os.fork` warns if there is more than
one thread.  So it has really ended by then.  It blocks all signals, because the kernel may deliver
a signal to any thread that does not block it.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from stepdbg.model.quiet_threads import start_quietly
from stepdbg.model.standard import _thread, contextlib, os, weakref

from .guard import report_bug
from .python_threads import wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_PATIENCE: Final = 0.5
"""Seconds that a fork waits for the thread to end."""

_idents: set[int] = set()
_all: weakref.WeakSet[Ticker] = weakref.WeakSet()


class Ticker:
    """Calls a function at regular intervals, in its own thread.

    Args:
        look: the function; returns whether there is more to look at soon.  If not, it is called
            again only after `wake`.
        seconds: from one call to the next.

    Attributes:
        parked: whether nothing is looked at until `wake`.  Code that has something to look at reads
            this first, because a call of `wake` each time would cost too much.
    """

    def __init__(self, look: Callable[[], bool], seconds: float) -> None:
        self.parked = True
        self._look, self._seconds = look, seconds
        self._bell = self._over = _thread.allocate_lock()
        self._native: int | None = None
        self._last = 0
        self._fails = False
        _all.add(self)

    def wake(self) -> None:
        """Begin to look; from any thread.  If no thread can be started, nothing happens."""
        self.parked = False
        if self._native is not None:
            self._ring()
        elif not self._fails:
            self._begin()

    def _begin(self) -> None:
        _end_in_time()
        self._bell = _thread.allocate_lock()
        self._bell.acquire()
        self._over = _thread.allocate_lock()
        self._over.acquire()
        self._native = 0  # it has not begun yet
        try:
            start_quietly(self._run, self._bell, self._over)
        except RuntimeError:
            self._native, self._fails = None, True

    def _ring(self) -> None:
        with contextlib.suppress(RuntimeError):  # it was rung already
            self._bell.release()

    def _run(self, bell: _thread.LockType, over: _thread.LockType) -> None:
        ident = _thread.get_ident()
        _idents.add(ident)
        try:
            self._last = _thread.get_native_id()
            if self._bell is bell:
                self._native = self._last
            while self._bell is bell:  # a new bell means that it is dismissed
                if self._wants_more():
                    bell.acquire(timeout=self._seconds)
                else:
                    bell.acquire()
        except BaseException as error:
            self._fails = True
            report_bug(error, "looking at steps that last", "your program goes on")
        finally:
            _idents.discard(ident)
            over.release()

    def _wants_more(self) -> bool:
        if self._look():
            return True
        # A thread that adds something to look at rings only if this is set, so it is set first and
        # the second look comes after it.
        self.parked = True
        more = self._look()
        if more:
            self.parked = False
        return more

    def end(self) -> None:
        """Make the thread end, and wait until it has; `wake` starts another one."""
        self.dismiss()
        if self._over.locked():
            self._over.acquire(timeout=_PATIENCE)
        if self._last:  # it may have said that it is over, and still be there for the kernel
            wait_until_gone(self._last)

    def dismiss(self) -> None:
        """Make the thread end soon; `wake` starts another one."""
        bell, self._bell = self._bell, _thread.allocate_lock()
        self._native, self.parked = None, True
        with contextlib.suppress(RuntimeError):  # it was rung already, or nothing waits
            bell.release()


def idents() -> AbstractSet[int]:
    """The idents of the living threads of this module."""
    return _idents


_registered: list[bool] = []


def _end_in_time() -> None:
    """Make all threads end before a fork, and before the interpreter shuts down.

    If a thread returns from a wait during the shutdown, Python ends it by ``pthread_exit``, for
    which the C library loads another library.  If that cannot be loaded, the whole process is
    aborted (https://bugs.python.org/issue44434).
    """
    if not _registered:
        _registered.append(True)
        atexit.register(end_all)
        os.register_at_fork(before=end_all, after_in_child=_idents.clear)


def end_all() -> None:
    """Make all threads of this module end, and wait until they have; `wake` starts others."""
    for ticker in list(_all):
        try:
            ticker.end()
        except Exception as error:  # the program is the caller
            report_bug(error, "ending a thread of ours", "your program goes on")
