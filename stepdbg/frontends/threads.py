"""Threads of ours that the program does not see.

Owns: starting them.  Does not own: what they do.
"""

from __future__ import annotations

import _thread
import signal
from collections.abc import Callable


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
