"""Puts the terminal back before a signal ends the process at a prompt.

Owns: the handlers of SIGTERM, SIGHUP and SIGQUIT during a stop, unless the program has its own.
Does not own: SIGINT (engine), suspending (suspending).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from stepdbg.model.standard import os, signal, termios, threading

from .terminal import Terminal

_DEADLY = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


@contextmanager
def terminal_given_back(terminal: Terminal) -> Iterator[None]:
    """A block in which a signal that ends the process first restores the terminal's modes.

    Does nothing except on the main thread, since Python lets no other thread set a handler.
    """
    try:
        modes = termios.tcgetattr(terminal.reads)
    except termios.error:
        modes = []
    if not modes or threading.get_ident() != threading.main_thread().ident:
        yield
        return

    def die(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        with suppress(termios.error):  # the terminal may have gone
            termios.tcsetattr(terminal.reads, termios.TCSANOW, modes)
        if not terminal.dumb:
            terminal.write_raw("\x1b[?2004l\x1b[?25h\r\n")  # no bracketed paste, a visible cursor
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    ours = [number for number in _DEADLY if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, die)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is die:
                signal.signal(number, signal.SIG_DFL)
