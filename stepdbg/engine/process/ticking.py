"""A thread of ours that looks at something every so often.

Owns: `Ticker`: that thread, which parks while there is nothing to look at, and ends before the
process forks or ends.
Does not own: what is looked at (noticing.lasting).

`threading` does not list it: a program that waits for its threads, or counts them, must not find
it.  The kernel counts it all the same, and `os.fork` warns where it finds more than one thread
(from Python 3.12 on).  So it is gone by then, not only told to end.  No signal is its own: the
kernel may give one to any thread that does not block it.
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
"""Seconds that a fork waits for the thread to be gone."""

_idents: set[int] = set()
_all: weakref.WeakSet[Ticker] = weakref.WeakSet()


class Ticker:
    """Calls a function every so often, in a thread of its own.

    Args:
        look: called there; returns whether there is more to look at soon.  If there is not, it is
            called again after `wake`.
        seconds: from one call to the next.

    Attributes:
        parked: whether nothing is looked at before `wake`; who has something to look at asks it
            first, since a call would cost too much.
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
        """Look from now on; from any thread.  If no thread can be started, nothing happens."""
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
        with contextlib.suppress(RuntimeError):  # it rings already
            self._bell.release()

    def _run(self, bell: _thread.LockType, over: _thread.LockType) -> None:
        ident = _thread.get_ident()
        _idents.add(ident)
        try:
            self._last = _thread.get_native_id()
            if self._bell is bell:
                self._native = self._last
            while self._bell is bell:  # else it is dismissed
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
        """Let the thread end, and wait until it is gone; `wake` begins another one."""
        self.dismiss()
        if self._over.locked():
            self._over.acquire(timeout=_PATIENCE)
            wait_until_gone(self._last)

    def dismiss(self) -> None:
        """Let the thread end soon; `wake` begins another one."""
        bell, self._bell = self._bell, _thread.allocate_lock()
        self._native, self.parked = None, True
        with contextlib.suppress(RuntimeError):  # it rings already, or nobody waits
            bell.release()


def idents() -> AbstractSet[int]:
    """The threads of this module that live."""
    return _idents


_registered: list[bool] = []


def _end_in_time() -> None:
    """Have all threads end before a fork, and before the interpreter goes down.

    A thread that comes back from a wait while the interpreter goes down is ended by
    ``pthread_exit``, for which the C library loads another library.  Where that cannot be read, the
    whole process is aborted (https://bugs.python.org/issue44434).
    """
    if not _registered:
        _registered.append(True)
        atexit.register(_end_all)
        os.register_at_fork(before=_end_all, after_in_child=_idents.clear)


def _end_all() -> None:
    for ticker in list(_all):
        try:
            ticker.end()
        except Exception as error:  # the program is the caller
            report_bug(error, "ending a thread of ours", "your program goes on")
