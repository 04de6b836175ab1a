"""Threads of ours that the program does not see.

Owns: starting them.  Does not own: what they do, or how one waits for another
(frontends.threads).
"""

from __future__ import annotations

# Those in C: `signal` makes enums of what they give, by code that the program may have patched.
from _signal import SIG_BLOCK, SIG_SETMASK  # type: ignore[import-not-found]  # has no stub
from _signal import pthread_sigmask as _set_mask
from _signal import valid_signals as _all_signals
from collections.abc import Callable

from stepdbg.model.standard import _thread


def start_quietly(function: Callable[..., object], *arguments: object) -> None:
    """Run a function in a thread that `threading` does not list and no signal reaches.

    A program that counts its threads, hooks `threading` or waits for signals with `sigwait`
    must not meet ours.  The process ends without waiting for it.

    Nor may it take a signal from the main thread: the kernel wakes that one, but any thread that
    comes by first is given the signal, and the main thread then waits on without having run its
    handler.

    Raises:
        RuntimeError: there can be no more threads.
    """
    # A new thread takes its mask from the one that starts it: there is no moment without.
    mask = _set_mask(SIG_BLOCK, _all_signals())
    try:
        _thread.start_new_thread(function, arguments)
    finally:
        _set_mask(SIG_SETMASK, mask)
