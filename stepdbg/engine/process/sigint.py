"""What a SIGINT is: a key that the user has pressed, or a signal of the program's own.

Owns: telling the two apart, and who else has got the key.
Does not own: what follows from it (engine.noticing.ctrl_c).

The kernel does not tell Python who has sent a signal.  But a handler that was set from Python is
called between two instructions, and where the interrupted one is the very call that sends signals,
the program has sent it to itself.  The keyboard sends one to the terminal's foreground group only.
"""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Final

from stepdbg._trio_internals.frame_values import peek_at
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import contextlib, dis, os

_SENDERS: Final = frozenset(
    ("interrupt_main", "kill", "killpg", "pthread_kill", "raise_signal", "send_signal")
)
"""What the functions are called that send signals: those of `os`, `signal` and `_thread`."""

_LOADS: Final = (
    "LOAD_FAST",
    "LOAD_GLOBAL",
    "LOAD_NAME",
    "LOAD_DEREF",
    "LOAD_CLASSDEREF",
    "LOAD_ATTR",
    "LOAD_METHOD",
)


def is_programs_own(frame: FrameType | None) -> bool:
    """Whether the program itself has sent the SIGINT whose handler runs now.

    Args:
        frame: what the signal has interrupted, as Python hands it to the handler.
    """
    return _is_sending(frame) or not _in_foreground()


def _is_sending(frame: FrameType | None) -> bool:
    if frame is None or is_ours(
        frame.f_code.co_filename
    ):  # such as what a stop hands on at its end
        return False
    name = _called(frame.f_code, frame.f_lasti)
    if name is None:
        return False
    if name in _SENDERS:
        return True
    # It may have another name here: `from os import kill as k`.  No object of the program is
    # asked for its truth: this runs in a signal handler.
    function = peek_at(frame, name)
    if function is None:
        function = frame.f_globals.get(name)
    return getattr(type(function), "__module__", "") == "builtins" and (
        getattr(function, "__name__", None) in _SENDERS
    )


def _called(code: CodeType, offset: int) -> str | None:
    """The last name of what an instruction calls: ``kill`` for ``os.kill(…)``; None: no call.

    What is called begins where the call begins (PEP 657 gives the columns), and it is loaded
    before the arguments are.  Of several loads that begin there the last one is the whole of it.
    """
    loaded: dict[tuple[int, int], str] = {}
    for each in dis.get_instructions(code):
        where = each.positions
        if where is None or where.lineno is None or where.col_offset is None:
            continue
        if each.offset == offset:
            calls = each.opname.startswith(("CALL", "INSTRUMENTED_CALL"))
            return loaded.get((where.lineno, where.col_offset)) if calls else None
        if each.opname in _LOADS:
            loaded[where.lineno, where.col_offset] = str(each.argval)
    return None


def _in_foreground() -> bool:
    """Whether this process belongs to those that a key on the terminal reaches."""
    for descriptor in (0, 1, 2):
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(descriptor) == os.getpgrp()
    return True  # no terminal: nothing is known


def children_in_group() -> list[int]:
    """The child processes that a key on the terminal has reached; empty where none can be found.

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
