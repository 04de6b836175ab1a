"""A file that gets whole lines while the program runs.

Owns: `LineFile`: making the file, and what happens when nothing more can be written to it.
Does not own: what the lines say (lint_report, trace_file).

Every line is written at once, so that a crash of the program loses none.  A full disk must not end
the program: stepdbg reports once that the file is not complete, and never leaves half a line.
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import errno, os, re, stat

_LONGEST = 200
"""Bytes of a first line that are looked at."""

_OPEN_ALREADY = "/dev/", "/proc/"
"""Where descriptors have names: who has opened the file there decides what stays in it."""


class LineFile:
    """A file of lines, made anew.

    option: of the command line, for complaints.
    path: the file.
    ours: how the first line of an earlier file begins, which may be replaced.
    """

    def __init__(self, option: str, path: str, ours: str) -> None:
        """Raises `BadUsage` when it cannot be written, or holds what stepdbg has not written."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        try:
            if not path.startswith(_OPEN_ALREADY):
                flags |= os.O_TRUNC
                if not _is_free(path, ours):
                    told = "it is there and was not written by this option; name another file"
                    raise BadUsage(f"{option} {path}: {told}")
            self._file = os.open(path, flags, 0o666)
        except OSError as error:
            raise BadUsage(f"{option} {path}: {error.strerror}") from None
        self._name, self._process, self._is_whole = f"{option} {path}", os.getpid(), True

    def write(self, lines: bytes) -> None:
        """Write lines, each with its end; nothing in a forked child: the file is its parent's."""
        if self._process != os.getpid():
            return
        try:
            written = os.write(self._file, lines)
            if written < len(lines):
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            if self._is_whole:
                from stepdbg.model.program_streams import tell

                self._is_whole = False
                tell(f"{self._name} is not complete: {error.strerror}")


def _is_free(path: str, ours: str) -> bool:
    """Whether nothing is lost if a file is emptied.  Raises `OSError`: it cannot be read."""
    try:
        state = os.stat(path)
    except FileNotFoundError:
        return True
    # Opening a fifo waits for its other end.
    if not (stat.S_ISREG(state.st_mode) and state.st_size):
        return True
    with open(path, "rb") as file:
        return re.match(ours.encode(), file.readline(_LONGEST)) is not None
