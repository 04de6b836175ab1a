"""A signal that ends the process at a prompt leaves the terminal as it was.

Owns: SIGTERM, SIGHUP and SIGQUIT for the time of a stop, where the program leaves them alone.
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
    """Whatever kills the process in the block, give the terminal its modes back before.

    Does nothing on other threads: Python lets only the main one set a handler.
    """
    try:
        modes = termios.tcgetattr(terminal.reads)
    except termios.error:
        modes = []
    if not modes or threading.get_ident() != threading.main_thread().ident:
        yield
        return

    def die(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        with suppress(termios.error):  # it may be the terminal that has gone
            termios.tcsetattr(terminal.reads, termios.TCSANOW, modes)
        if not terminal.dumb:
            terminal.write_raw("\x1b[?2004l\x1b[?25h\r\n")  # plain pasting, a visible cursor
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
