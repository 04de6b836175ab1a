"""Where a SIGINT comes from: a key that the user has pressed, or the program itself.

Owns: telling the two apart, and which other processes the key has reached.
Does not own: what follows from it (engine.noticing.ctrl_c).

The kernel does not tell Python who has sent a signal.  But Python calls a handler between two
instructions.  If the interrupted instruction is the very call that sends signals, the program has
sent the signal to itself.  The keyboard sends one only to the terminal's foreground group.
"""

from __future__ import annotations

from types import FrameType
from typing import Final

from stepdbg.model.ours import is_ours
from stepdbg.model.standard import contextlib, os

from .calls import called_at, named_in

_SENDERS: Final = frozenset(
    ("interrupt_main", "kill", "killpg", "pthread_kill", "raise_signal", "send_signal")
)
"""The names of the functions that send signals, in `os`, `signal` and `_thread`."""


def is_programs_own(frame: FrameType | None) -> bool:
    """Whether the program itself has sent the SIGINT whose handler runs now.

    Args:
        frame: the interrupted frame, as Python passes it to the handler.
    """
    return is_sending(frame) or not _in_foreground()


def is_sending(frame: FrameType | None) -> bool:
    """Whether the interrupted instruction is the very call that sends signals.

    Args:
        frame: as for `is_programs_own`.
    """
    if frame is None or is_ours(
        frame.f_code.co_filename
    ):  # for example, a signal that a stop passes on at its end
        return False
    names = called_at(frame.f_code, frame.f_lasti)
    if not names:
        return False
    if names[-1] in _SENDERS:
        return True
    # It may have another name here: `from os import kill as k`.
    function = named_in(frame, names[-1])
    return getattr(type(function), "__module__", "") == "builtins" and (
        getattr(function, "__name__", None) in _SENDERS
    )


def _in_foreground() -> bool:
    """Whether this process belongs to those that a key on the terminal reaches."""
    for descriptor in (0, 1, 2):
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(descriptor) == os.getpgrp()
    return True  # without a terminal, nothing is known


def children_in_group() -> list[int]:
    """The child processes that a key on the terminal has reached; empty if none can be found.

    Linux lists the children of each thread in ``/proc`` (proc(5), ``children``).
    """
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{thread}/children", encoding="ascii") as listed:
                found += [int(number) for number in listed.read().split()]
    return sorted(each for each in found if _group_of(each) == os.getpgrp())


def _group_of(process: int) -> int | None:
    with contextlib.suppress(OSError):
        return os.getpgid(process)
    return None
