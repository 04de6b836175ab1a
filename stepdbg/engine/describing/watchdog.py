"""A time limit for code of the program.

Owns: `call_limited`, its helper thread, the exception that ends a call, and the signal that wakes a
call.
Does not own: what is done after a call was ended (engine.describing.values).

The helper raises a private exception in the watched thread with
``PyThreadState_SetAsyncExc``.  CPython delivers it between two bytecodes.  So a call in C that
never returns (``10 ** 10 ** 9``) is not ended; nothing in the process could end it.  A call that
waits in the system (``time.sleep``, a lock) is woken by a signal: before Python goes on with the
call, it runs the signal's handler, and raises the pending exception where the handler begins.
Handlers run only on the main thread; on another thread, a waiting call is ended when it returns
from the system.  On Python 3.12 a loop around ``try: … except BaseException: pass`` is not ended
either: 3.12 raises a pending exception at the end of a loop's body as if it came from that body.

One helper thread serves all calls.  The first call starts it, and it waits without polling.  It
ends after `LINGER` seconds without work, before a fork, and before the interpreter shuts down
(`process.ticking` says why).  `threading` does not know it, so a program that counts or lists its
threads sees only its own.
"""

from __future__ import annotations

import atexit

# `signal.signal` turns its arguments and results into enums, which takes longer than all the rest.
from _signal import SIGURG, pthread_kill  # type: ignore[import-not-found]  # has no stub
from _signal import getsignal as _getsignal
from _signal import signal as _set_signal
from collections import deque
from collections.abc import Callable
from functools import partial
from math import inf
from types import FrameType
from typing import Final, TypeVar

from stepdbg.engine.process import python_threads
from stepdbg.model.errors import StepdbgError
from stepdbg.model.quiet_threads import start_quietly
from stepdbg.model.standard import _thread, contextlib, itertools, os, time

T = TypeVar("T")

LINGER: Final = 5.0
"""Seconds without work after which the helper thread ends."""

REPEAT: Final = 0.05
"""Seconds between two attempts to end a call."""

GENTLE: Final = 4
"""The first attempts, this many, spare the program's ``finally`` blocks; later ones do not."""


class OutOfTime(Exception):
    """A call was ended because its time was up."""


class CannotWatch(StepdbgError):
    """No helper thread could be started, so nothing was called."""


class _Expired(BaseException):
    """Raised in a watched thread; never leaves this module."""


def _woken(signum: int, frame: FrameType | None) -> None:
    """Does nothing; it is a Python function, so that an exception can be raised in it."""


class _woken_by_nudges:  # noqa: N801 - used like a function
    """Make it possible to wake this thread in the block; gives whether that works.

    The signal is SIGURG.  Without a handler it does nothing, and hardly any program has a handler.
    If a program has one, it keeps it, and the thread is not woken.
    """

    __slots__ = ("_before",)

    def __enter__(self) -> bool:
        self._before = None
        before = _getsignal(SIGURG)
        if before is _woken or python_threads.wakes(before):  # from an outer block, or for good
            return True
        if type(before) is not int:  # the program's, or one in C, which cannot be put back
            return False
        try:
            _set_signal(SIGURG, _woken)
        except ValueError:  # not the main thread
            return False
        self._before = before
        return True

    def __exit__(self, *_: object) -> None:
        # `signal` itself handles a late nudge before it changes the handler.
        if self._before is not None:
            _set_signal(SIGURG, self._before)


def _nudge(threads: list[int]) -> None:
    """Wake the threads of a list; no code can change the list between the look and the wake."""
    deque(map(pthread_kill, threads, itertools.repeat(SIGURG)), maxlen=0)


class _Watch:
    """One call under a limit.

    targets: the thread to raise in; emptied when the call has ended.
    deadline: when to raise next, on the monotonic clock.
    fired: how often it was raised.
    wakes: whether a signal can wake the thread when it waits in the system.
    """

    __slots__ = ("deadline", "fired", "targets", "wakes")

    def __init__(self, thread: int, deadline: float, wakes: bool) -> None:
        self.targets = [thread]
        self.deadline = deadline
        self.wakes = wakes
        self.fired = 0


class _Shooter:
    """``PyThreadState_SetAsyncExc``, loaded at the first use.

    It has its own prototype, because changing ``argtypes`` of the shared attribute of
    `ctypes.pythonapi` would also change it for the program.  PYFUNCTYPE calls keep the GIL.
    """

    def __init__(self) -> None:
        import ctypes

        prototype = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)
        self.shoot: Callable[[int, type[_Expired]], object] = prototype(
            ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
        )

    def aim(self, watch: _Watch) -> None:
        """Raise in the thread of a watch, unless its call has ended."""
        watch.fired += 1
        watch.deadline = time.monotonic() + REPEAT
        kind = _Expired if watch.fired <= GENTLE else self._relentless(watch.targets[:1])
        # If this looked at `targets` first and fired afterwards, the call could end in between.
        # This way both happen in C, without giving up the GIL.
        deque(map(self.shoot, watch.targets, itertools.repeat(kind)), maxlen=0)
        if watch.wakes:
            _nudge(watch.targets)

    def _relentless(self, thread: list[int]) -> type[_Expired]:
        """An exception that comes back when it is caught.

        Creating an instance schedules the next one.  CPython creates it in the watched thread, at
        the latest when a handler is entered.  The next one is delivered inside the handler or at
        the end of the loop around it: ``while True: try: … except BaseException: pass``.  The
        function that schedules it is in C, because Python code there would be interrupted by the
        exception that it has just scheduled.
        """
        kind = type("_Relentless", (_Expired,), {})
        if thread:
            kind.__init__ = staticmethod(partial(self.shoot, thread[0], kind))  # type: ignore[misc]  # in C, on purpose
        return kind


class _Patrol:
    """The helper thread and what it watches.

    Watched threads use this only by single C calls, and hold no lock meanwhile: an exception may be
    delivered to them anywhere, even by an outer watch.
    """

    def __init__(self) -> None:
        self.shooter: _Shooter | None = None
        self.forget()

    def forget(self) -> None:
        """Begin without a thread: at first, and in the child of a fork."""
        self.watches: set[_Watch] = set()
        self.exists = _thread.allocate_lock()  # held as long as a helper thread exists
        self.bell = _thread.allocate_lock()  # released to wake it
        self.bell.acquire()
        self.wakes_at = inf
        self.dismissed = False
        self.thread = 0  # the system's number for the thread

    def load(self) -> _Shooter:
        """Load what is needed for firing.  Raises `CannotWatch`."""
        if self.shooter is not None:
            return self.shooter
        try:
            self.shooter = _Shooter()
        except ImportError as error:
            raise CannotWatch(f"no watchdog without ctypes: {error}") from None
        from stepdbg.engine.process import forking  # few processes need it

        forking.end_first(self._make_way)
        atexit.register(self.dismiss)
        os.register_at_fork(
            before=self.dismiss, after_in_parent=self.recall, after_in_child=self.forget
        )
        return self.shooter

    def add(self, watch: _Watch, shooter: _Shooter) -> None:
        """Watch a call from now on.  Raises `CannotWatch`."""
        self.watches.add(watch)
        if self.exists.acquire(blocking=False):
            self._start(shooter)
        elif watch.deadline < self.wakes_at:
            self.ring()

    def ring(self) -> None:
        """Let the helper thread look again."""
        with contextlib.suppress(RuntimeError):  # it has been rung already
            self.bell.release()

    def _start(self, shooter: _Shooter) -> None:
        try:
            start_quietly(self._walk, shooter)
        except RuntimeError as error:  # too many threads, or the interpreter is shutting down
            self.exists.release()
            raise CannotWatch(f"no watchdog could be started: {error}") from None

    def _walk(self, shooter: _Shooter) -> None:
        """The loop of the helper thread."""
        self.thread = _thread.get_native_id()
        idle = False
        while True:
            # Code that adds a watch during a round cannot know whether the round saw it, so it
            # rings.
            self.wakes_at = inf
            soonest = self._round(shooter)
            if soonest == inf and (idle or self.dismissed) and self._leave():
                return
            wake = time.monotonic() + LINGER if soonest == inf else soonest
            self.wakes_at = wake
            rung = self.bell.acquire(timeout=max(0.0, wake - time.monotonic()))
            idle = soonest == inf and not rung

    def _round(self, shooter: _Shooter) -> float:
        """End the calls whose time is up; returns when to look again."""
        soonest = inf
        for watch in list(self.watches):
            if not watch.targets:
                self.watches.discard(watch)
                continue
            if watch.deadline <= time.monotonic():
                shooter.aim(watch)
            soonest = min(soonest, watch.deadline)
        return soonest

    def _leave(self) -> bool:
        """Whether the thread may end; a watch that is added in the last moment keeps it alive."""
        self.exists.release()
        return not (self.watches and self.exists.acquire(blocking=False))

    def dismiss(self) -> None:
        """End an idle thread: before a fork, because Python warns of forks with threads, and at the
        end of the process.
        """
        if self.watches or not self.exists.locked():
            return
        self.dismissed = True
        self.ring()
        if self.exists.acquire(timeout=0.2):
            self.exists.release()
            # Python counts the system's threads, and this one still has a few instructions to run.
            python_threads.wait_until_gone(self.thread)

    def _make_way(self) -> None:
        """End an idle thread; it starts again when needed."""
        self.dismiss()
        self.recall()

    def recall(self) -> None:
        """Let the thread start again when needed; called after a fork, in the parent."""
        self.dismissed = False


_patrol: Final = _Patrol()


def call_limited(call: Callable[[], T], seconds: float) -> T:
    """Call something in this thread, for at most this many seconds.

    call: code that may be ended between any two bytecodes.
    seconds: of the wall clock.
    Returns what the call returned, or raises what it raised.
    Raises `OutOfTime` if the time was up, even if the call has caught the exception, and
    `CannotWatch` (without a call) if there can be no helper thread.
    """
    shooter = _patrol.load()
    with _woken_by_nudges() as wakes:
        watch = _Watch(_thread.get_ident(), time.monotonic() + seconds, wakes)
        return _watched(watch, call, shooter, seconds)


def _watched(watch: _Watch, call: Callable[[], T], shooter: _Shooter, seconds: float) -> T:
    try:
        result = _call_watched(watch, call, shooter)
        if not watch.fired:
            return result
    except BaseException as error:
        if not watch.fired and not isinstance(error, _Expired):
            raise
    finally:
        _patrol.watches.discard(watch)
    raise OutOfTime(f"ended after {seconds:g} s")


def _call_watched(watch: _Watch, call: Callable[[], T], shooter: _Shooter) -> T:
    thread = watch.targets[0]
    try:
        _patrol.add(watch, shooter)
        return call()
    finally:
        # CPython raises pending exceptions after calls, at backward jumps and where functions
        # begin.  None of these comes before the last call, so nothing is raised before it: keep it
        # so.
        watch.targets[:] = ()
        if watch.fired:
            # This exception replaces a late one, if there is one, and is raised as soon as the call
            # returns.  (Withdrawing the late one with NULL would leave the flag "something is
            # pending" of 3.11 and 3.12 set for ever, and a traced 3.11 would then hang.)
            try:  # noqa: SIM105  # `suppress` makes calls of its own
                shooter.shoot(thread, _Expired)
            except _Expired:
                pass
