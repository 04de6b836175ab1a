"""Find which objects of this process are the two ends of a connection or a pipe.

Owns: `ends_of`, which uses the two names of a socket, or the inode of a pipe.
Does not own: which task has such an object (waiting).

The two sockets of a connection have the same two names in opposite order.  This holds for TCP, and
for Unix sockets if both are bound.  A socket pair has no names, so its ends cannot be found.
"""

from __future__ import annotations

import trio

from stepdbg._trio_internals.frame_values import is_a
from stepdbg._trio_internals.waits import plain_socket
from stepdbg.model.program_streams import access_of
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import os, socket, stat, sys

from .files import descriptor_of

_FAMILIES = frozenset(
    family
    for name in ("AF_INET", "AF_INET6", "AF_UNIX")
    if (family := getattr(socket, name, None)) is not None
)

_OTHER_WAY = {os.O_RDONLY: os.O_WRONLY, os.O_WRONLY: os.O_RDONLY}


class Ends(NamedTuple):
    """The identity of a file, and that of its other end."""

    own: tuple[object, object]
    other: tuple[object, object]


def ends_of(file: object) -> Ends | None:
    """The identities of both ends of a Python socket or a descriptor; None if not known."""
    if is_a(file, socket.socket):
        return _of_socket(file)
    number = descriptor_of(file)
    return None if number is None or sys.platform != "linux" else _of_pipe(number)


def file_of(obj: object) -> object:
    """The Python socket, or the descriptor, that an object stands for; None without one."""
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
        mode = access_of(number)
    except OSError:
        return None
    if not stat.S_ISFIFO(status.st_mode) or mode not in _OTHER_WAY:
        return None
    return Ends((status.st_ino, mode), (status.st_ino, _OTHER_WAY[mode]))
