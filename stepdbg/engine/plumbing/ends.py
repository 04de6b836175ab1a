"""Which objects of this process are the two ends of a connection or a pipe.

Owns: `ends_of`, by the two names of a socket, and by the inode of a pipe.
Does not own: which task has such an object (waiting).

Both sockets of a connection have the same two names, the other way round; that is true of TCP,
and of Unix sockets if both are bound.  A pair of sockets has no names, and cannot be told.
"""

from __future__ import annotations

from typing import NamedTuple

import trio

from stepdbg._trio_internals.frame_values import is_a
from stepdbg._trio_internals.waits import plain_socket
from stepdbg.model.standard import fcntl, os, socket, stat, sys

from .files import descriptor_of

_FAMILIES = frozenset(
    family
    for name in ("AF_INET", "AF_INET6", "AF_UNIX")
    if (family := getattr(socket, name, None)) is not None
)

_OTHER_WAY = {os.O_RDONLY: os.O_WRONLY, os.O_WRONLY: os.O_RDONLY}


class Ends(NamedTuple):
    """What a file is known by, and what its other end is known by."""

    own: tuple[object, object]
    other: tuple[object, object]


def ends_of(file: object) -> Ends | None:
    """Both ends of a socket of Python's or a descriptor; None where nothing tells."""
    if is_a(file, socket.socket):
        return _of_socket(file)
    number = descriptor_of(file)
    return None if number is None or sys.platform != "linux" else _of_pipe(number)


def file_of(obj: object) -> object:
    """The socket of Python's, or the descriptor, that an object stands for; None without."""
    if is_a(obj, trio.SocketStream):
        obj = obj.socket
    if is_a(obj, trio.lowlevel.FdStream):
        return obj.fileno()
    return obj if is_a(obj, socket.socket) else plain_socket(obj)


def _of_socket(file: socket.socket) -> Ends | None:
    if socket.socket.fileno(file) < 0 or file.family not in _FAMILIES:
        return None
    try:
        here, there = socket.socket.getsockname(file), socket.socket.getpeername(file)
    except OSError:  # it is not connected
        return None
    return Ends((here, there), (there, here)) if here and there and here != there else None


def _of_pipe(number: int) -> Ends | None:
    try:
        status = os.fstat(number)
        mode = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
    except OSError:
        return None
    if not stat.S_ISFIFO(status.st_mode) or mode not in _OTHER_WAY:
        return None
    return Ends((status.st_ino, mode), (status.st_ino, _OTHER_WAY[mode]))
