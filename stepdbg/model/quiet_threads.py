"""Threads of stepdbg's that the program does not see.

Owns: starting them.  Does not own: what they do, or how one waits for another
(frontends.threads).
"""

from __future__ import annotations

# In C: the functions of `signal` make enums, by code that the program may have patched.
from _signal import SIG_BLOCK, SIG_SETMASK  # type: ignore[import-not-found]  # has no stub
from _signal import pthread_sigmask as _set_mask
from _signal import valid_signals as _all_signals
from collections.abc import Callable

from stepdbg.model.standard import _thread


def start_quietly(function: Callable[..., object], *arguments: object) -> None:
    """Run a function in a thread that `threading` does not list and no signal reaches.

    A program that counts its threads, hooks `threading` or waits for signals with `sigwait`
    must not see stepdbg's.  The process ends without waiting for the thread.

    The thread must not take a signal from the main thread either: the kernel wakes the main
    thread, but gives the signal to whichever thread runs first.  The main thread would then go on
    waiting without running its handler.

    Raises:
        RuntimeError: the system allows no more threads.
    """
    # A new thread inherits the mask of the thread that starts it, so it has one from the start.
    mask = _set_mask(SIG_BLOCK, _all_signals())
    try:
        _thread.start_new_thread(function, arguments)
    finally:
        _set_mask(SIG_SETMASK, mask)
