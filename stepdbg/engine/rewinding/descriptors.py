"""The descriptors that a copy of the process has from the program.

Owns: which of them keep a run from having a copy, what a copy does with the others, and muting.
Does not own: files that the program opens later (deeds).

A waiting copy must hold nothing open that other processes would notice: a socket or a pipe ends
only when every process has closed it.  A file has one position, which the copy shares with the
program.

A flag shows which descriptors the process has inherited: what Python opens is not inherited by
child processes (PEP 446).  A shell leaves pipes to its commands that hardly any of them uses, so in
a copy those lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepdbg.model import program_streams
from stepdbg.model.program_streams import lift
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import contextlib, os, stat
from stepdbg.sealed import is_spare

_OURS = 100
"""Descriptors of stepdbg's have numbers from here on, see `lift`."""


class ReadFile(NamedTuple):
    """A file that the program reads, and its position when the run began."""

    number: int
    position: int


def why_not() -> str:
    """Which descriptor keeps a run from having a copy, a clause; empty if none does."""
    for number, mode, access in _open_ones():
        if os.get_inheritable(number):
            continue
        if stat.S_ISSOCK(mode):
            return f"a socket was open when the run began (descriptor {number})"
        if stat.S_ISFIFO(mode):
            return f"a pipe was open when the run began (descriptor {number})"
        if stat.S_ISREG(mode) and access == os.O_RDWR:
            return f"{_name(number)} was open for writing when the run began"
    return ""


def let_go() -> list[ReadFile]:
    """In a copy: make sure that nothing it writes reaches a file of the program.

    Returns:
        The files that the program reads.
    """
    found = []
    for number, mode, access in _open_ones():
        inherited = os.get_inheritable(number) and not stat.S_ISCHR(mode)
        if inherited or (stat.S_ISREG(mode) and access == os.O_WRONLY):
            _lead_nowhere(number, access)
        elif stat.S_ISREG(mode):
            found.append(ReadFile(number, os.lseek(number, 0, os.SEEK_CUR)))
    return found


def open_again(files: list[ReadFile]) -> None:
    """In a copy that begins to run: give it a position of its own in each file that it reads."""
    for each in files:
        with contextlib.suppress(OSError):  # the file is gone, as the program will find out
            opened = os.open(f"/proc/self/fd/{each.number}", os.O_RDONLY | os.O_CLOEXEC)
            os.lseek(opened, each.position, os.SEEK_SET)
            os.dup2(opened, each.number, inheritable=os.get_inheritable(each.number))
            os.close(opened)


class Muted:
    """The standard streams of a copy lead nowhere while it runs, and to the user at its stops."""

    def __init__(self) -> None:
        self._copies: dict[int, int] = {}
        for number in (0, 1, 2):
            with contextlib.suppress(OSError):  # it is closed
                self._copies[number] = lift(number)

    def mute(self) -> None:
        """From now on, drop what the program prints, and let it read nothing."""
        program_streams.flush()
        self._all_nowhere()

    def drop(self) -> None:
        """Mute, and drop what Python's streams have buffered, which the program printed before."""
        self._all_nowhere()
        program_streams.flush()

    def speak(self) -> None:
        """Let the streams lead to the user."""
        program_streams.flush()
        for number, copy in self._copies.items():
            os.dup2(copy, number)

    def _all_nowhere(self) -> None:
        for number in self._copies:
            _lead_nowhere(number, os.O_WRONLY if number else os.O_RDONLY)


def _lead_nowhere(number: int, access: int) -> None:
    opened = os.open(os.devnull, access | os.O_CLOEXEC)
    os.dup2(opened, number)
    os.close(opened)


def _open_ones() -> Iterator[tuple[int, int, int]]:
    """The program's descriptors except the standard ones: number, kind (`st_mode`), access."""
    standard = {program_streams.leads_to(number) for number in (0, 1, 2)}
    for number in program_streams.open_descriptors():
        if not 2 < number < _OURS or program_streams.leads_to(number) in (None, *standard):
            continue
        if not is_spare(number):
            yield number, os.fstat(number).st_mode, program_streams.access_of(number)


def _name(number: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        return f"a file (descriptor {number})"
