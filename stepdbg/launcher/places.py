"""Where the user types, and where stepdbg writes its text.

Owns: finding out at which terminal the user types, the choice between the standard streams, and
opening what `--output` names.
Does not own: writing there (frontends), or the front end that does (cli, default_front_end).

Light on purpose: the command line needs it before anything else is imported.
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import hold, lift
from stepdbg.model.standard import os, sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

DESCRIPTOR = "fd:"
"""The beginning of a value of `--output` that names an open descriptor."""


def is_at_terminal() -> bool:
    """Whether standard input and output are both a terminal."""
    return _is_terminal(0) and _is_terminal(1)


def typing_place(at_first: str | None = None) -> int | str | None:
    """The terminal at which the user types: standard input, if that is one.

    Args:
        at_first: the path of the terminal at the start, for when the program has redirected its
            standard input.

    Returns:
        The descriptor to write there, or the path of the device if no standard descriptor can be
        written there; None if nobody types.
    """
    if not _is_terminal(0):
        return at_first
    for number in (1, 2, 0):
        if leads_there(number) and _can_be_written(number):
            return number
    return device()


def device() -> str | None:
    """The path of the terminal at standard input; None if it is not one, or has no path here."""
    try:
        return os.ttyname(0)
    except OSError:  # also if the device lies outside of what this process can see
        return None


def leads_there(number: int) -> bool:
    """Whether a descriptor leads to the same terminal as standard input."""
    if not (_is_terminal(0) and _is_terminal(number)):
        return False
    if os.fstat(0).st_rdev == os.fstat(number).st_rdev:
        return True
    try:  # /dev/tty has a device number of its own; this succeeds only for the same terminal
        os.tcgetpgrp(0)
        os.tcgetpgrp(number)
    except OSError:
        return False
    return True


def beside_program() -> TextIO | None:
    """The stream for stepdbg's text: never one that others read as the program's output.

    Standard output if it is the terminal at which the user types, else standard error.  Both are
    the streams of the start, even if the program has replaced them.
    """
    own, name = (sys.__stdout__, "stdout") if leads_there(1) else (sys.__stderr__, "stderr")
    given: TextIO | None = getattr(sys, name, None)  # a program may delete it
    return given if own is None or own.closed else own


def named(place: str, *, anew: bool) -> TextIO | None:
    """The stream that a value of `--output` names; a file is emptied if `anew`.

    Raises `BadUsage` when nothing can be written there.
    """
    if place == "stdout":
        hold(1)
    if place in ("stdout", "stderr"):
        stream: TextIO | None = sys.stdout if place == "stdout" else sys.stderr
        return stream
    try:
        if place.startswith(DESCRIPTOR):
            descriptor = int(place.removeprefix(DESCRIPTOR))
            os.write(descriptor, b"")  # fails if it can only be read
        else:
            descriptor = _opened(place, anew)
        return open(descriptor, "w", encoding="utf-8", closefd=False)
    except (OSError, OverflowError) as error:
        raise BadUsage(f"--output {place}: {getattr(error, 'strerror', error)}") from None


def _opened(path: str, anew: bool) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | (os.O_TRUNC if anew else 0)
    low = os.open(path, flags, 0o666)
    try:
        return lift(low)
    finally:
        os.close(low)


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _can_be_written(descriptor: int) -> bool:
    try:
        os.write(descriptor, b"")
    except OSError:
        return False
    return True
