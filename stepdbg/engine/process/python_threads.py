"""Python's threads, asked without a trace, and calls on the main one.

Owns: `current_frames`, which is `sys._current_frames` made safe and without ours; the name of the
calling thread, and whether it is the main one; calls on the main thread that another one asks for.
Does not own: what the frames are looked at for; what is called (engine.noticing.ctrl_c).

`threading.current_thread()` enters a thread that `threading` has not started into its list, where
the program finds it; and where that thread lives until the interpreter ends, Python complains.

Only the main thread may set signal handlers (`signal.signal`), and it may wait for a lock as long
as the program lasts.  A signal with a handler wakes it: Python runs the handler and then waits on
(PEP 475, and the same for locks).  The signal is SIGURG, which does nothing where nobody has a
handler for it; hardly any program has one, and a program that has one keeps it.
"""

from __future__ import annotations

from _signal import SIG_DFL, SIGURG, pthread_kill  # type: ignore[import-not-found]  # has no stub
from _signal import getsignal as _getsignal
from _signal import signal as _set_signal
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg.model.ours import is_ours
from stepdbg.model.standard import _thread, gc, os, sys, threading, time

from .guard import report_bug

if TYPE_CHECKING:
    from stepdbg.model.protocols import FrontEnd

_asked: deque[Callable[[], object]] = deque()
"""What is to be called on the main thread."""

_working = _thread.allocate_lock()
"""Held while one of them runs."""


def current_frames() -> dict[int, FrameType]:
    """The innermost frame of each thread by its ident, at this moment.

    In the calling thread it is the innermost that is not ours: who asks keeps what it is given
    in variables, and a frame in a variable of its own is a cycle, with all that calls it.

    Making the frame objects can set off the garbage collector, and what that finalizes can
    wait for the very lock that is held: CPython before 3.11.8 and 3.12.2 then hangs for
    ever (gh-106883).  So the collector rests meanwhile.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        found = sys._current_frames()  # noqa: SLF001 - documented, CPython only
    finally:
        if was_on:
            gc.enable()
    outside = found.pop(threading.get_ident()).f_back
    while outside is not None and is_ours(outside.f_code.co_filename):
        outside = outside.f_back
    if outside is not None:
        found[threading.get_ident()] = outside
    return found


def name_here() -> str:
    """What `threading` calls the calling thread; its number where it does not know it."""
    if is_main_here():
        return threading.main_thread().name
    ident = threading.get_ident()
    known = (each.name for each in threading.enumerate() if each.ident == ident)
    return next(known, str(ident))


def is_main_here() -> bool:
    """Whether the calling thread is the main one."""
    return threading.get_ident() == threading.main_thread().ident


def _answer(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    """Do what was asked for.  The program is the caller, at whatever line it is."""
    _work_off()


def _work_off() -> None:
    """Do what was asked for, one after another.  Called on the main thread.

    A second signal can break into the first one's work, which would then go on with what it
    knew before.  So that signal's work is left to the loop that is under way: the lock is
    released before the loop looks whether there is more.
    """
    while _asked and _working.acquire(blocking=False):
        try:
            _asked.popleft()()
        except Exception as error:
            report_bug(error, "working on the main thread", "your program goes on")
        finally:
            _working.release()


def wakes(handler: object) -> bool:
    """Whether a handler of SIGURG is the one of this module, which lets a wait be interrupted."""
    return handler is _answer


def listen(front_end: FrontEnd) -> None:
    """Answer from now on, if this front end takes Ctrl-C: nobody else asks.

    Does nothing on other threads, or where the program has a handler.
    """
    if front_end.takes_ctrl_c and is_main_here() and _getsignal(SIGURG) == SIG_DFL:
        _set_signal(SIGURG, _answer)


def stop_listening() -> None:
    """Give the signal back, after what has been asked for so far."""
    ask(_give_signal_back)


def _give_signal_back() -> None:
    if _getsignal(SIGURG) is _answer:
        _set_signal(SIGURG, SIG_DFL)


def ask(work: Callable[[], object], *, patience: float = 0.0) -> None:
    """Call something on the main thread as soon as it runs Python code or waits.

    Does nothing where nobody listens.

    Args:
        patience: the seconds to wait until that is done.  Where several signals have come, Python
            handles the one with the lowest number first, so a later SIGINT can overtake this.
    """
    if is_main_here():
        _asked.append(work)
        _work_off()
    elif _getsignal(SIGURG) is _answer:
        done = _thread.allocate_lock()
        done.acquire()
        _asked.extend((work, done.release))
        pthread_kill(threading.main_thread().ident, SIGURG)
        if patience:
            done.acquire(timeout=patience)


def wait_until_gone(native: int) -> None:
    """Wait until the kernel knows nothing more of a thread that has nothing more to do.

    Args:
        native: the kernel's number for it (`_thread.get_native_id`).
    """
    for _ in range(100):
        if not os.path.exists(f"/proc/self/task/{native}"):
            return
        time.sleep(0.0005)
