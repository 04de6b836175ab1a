"""Ctrl-Z at the prompt.

Owns: stopping the process as a shell's job, and drawing the line again when it goes on.
Does not own: which key does it (keys).

prompt_toolkit sends the signal to the process group and goes on drawing.  In a thread that is too
early: the kernel must first wake another thread to take the signal, and what this thread draws
until then is lost.  A signal to this very thread stops the process before the call returns.
"""

from __future__ import annotations

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.key_binding import KeyPressEvent

from stepdbg.model.standard import os, signal, threading


def suspend(event: KeyPressEvent) -> None:  # noqa: ARG001 - the signature of a key's handler
    """Stop the process; when it goes on, the prompt is drawn again."""
    run_in_terminal(_stop_here)


def _stop_here() -> None:
    if os.getpgrp() != os.getpid():  # part of a pipeline: its other commands must stop as well
        os.kill(0, signal.SIGTSTP)
        return
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})
    try:
        signal.pthread_kill(threading.get_ident(), signal.SIGTSTP)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
