"""Find which objects of this process are the two ends of a connection or a pipe.

Owns: `ends_of`, which uses the two names of a socket, what the kernel says of a Unix socket, or the
inode of a pipe.
Does not own: which task has such an object (waiting).

The two sockets of a TCP connection have the same two names in opposite order.  Most Unix sockets
have no such names: a client is seldom bound, and a socket pair never is.  But on Linux the kernel
tells which socket is the peer of one (sock_diag(7), which `ss` uses).  Where it does not tell,
the ends of a Unix connection are found only if both are bound.
"""

from __future__ import annotations

import trio

from stepdbg._trio_internals.frame_values import is_a
from stepdbg._trio_internals.waits import plain_socket
from stepdbg.model.program_streams import access_of
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import os, socket, stat, struct, sys

from .files import descriptor_of

_FAMILIES = frozenset(
    family
    for name in ("AF_INET", "AF_INET6", "AF_UNIX")
    if (family := getattr(socket, name, None)) is not None
)

_UNIX = getattr(socket, "AF_UNIX", None)

# From linux/netlink.h, sock_diag.h and unix_diag.h; Python's `socket` lacks them.
_SOCK_DIAG, _BY_FAMILY, _IS_REQUEST = 4, 20, 1
_ANY_STATE = _ANY_COOKIE = 0xFFFFFFFF
_SHOW_PEER, _PEER = 4, 2
_HEADER = struct.Struct("=IHHII")
"""Length of the message, type, flags, sequence number, port."""
_QUESTION = struct.Struct("=BBHIIIII")
"""Family, protocol, padding, states, inode, what to show, two halves of a cookie."""
_ANSWER = struct.Struct("=BBBBIII")
"""Family, type, state, padding, inode, two halves of a cookie; attributes follow."""
_ATTRIBUTE = struct.Struct("=HH")
"""Length and type."""

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
    number = descriptor_of(file)
    if number is None or file.family not in _FAMILIES:
        return None
    if file.family == _UNIX and sys.platform == "linux":
        inode = os.fstat(number).st_ino
        peer = _unix_peer(inode)
        if peer is not None:
            return Ends((_UNIX, inode), (_UNIX, peer))
    try:
        here, there = socket.socket.getsockname(file), socket.socket.getpeername(file)
    except OSError:  # it is not connected
        return None
    return Ends((here, there), (there, here)) if here and there and here != there else None


def _unix_peer(inode: int) -> int | None:
    """The inode of the peer of a Unix socket; None if it has none, or the kernel does not tell.

    Some kernels have no such service, some sandboxes forbid it, and 0 stands for a peer that has
    closed its end or waits to be accepted.
    """
    question = _QUESTION.pack(
        socket.AF_UNIX, 0, 0, _ANY_STATE, inode, _SHOW_PEER, _ANY_COOKIE, _ANY_COOKIE
    )
    header = _HEADER.pack(_HEADER.size + len(question), _BY_FAMILY, _IS_REQUEST, 0, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
            kernel.setblocking(False)  # the answer is there when `send` returns
            kernel.send(header + question)
            answer = kernel.recv(4096)
    except Exception:  # an OSError, or what an audit hook of the program raises to forbid it
        return None
    if len(answer) < _HEADER.size or _HEADER.unpack_from(answer)[1] != _BY_FAMILY:
        return None
    at = _HEADER.size + _ANSWER.size
    while at + _ATTRIBUTE.size <= len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _PEER:
            return int.from_bytes(answer[at + _ATTRIBUTE.size : at + length], sys.byteorder) or None
        at += max(_ATTRIBUTE.size, (length + 3) & ~3)  # each begins at a multiple of four
    return None


def _of_pipe(number: int) -> Ends | None:
    try:
        status = os.fstat(number)
        mode = access_of(number)
    except OSError:
        return None
    if not stat.S_ISFIFO(status.st_mode) or mode not in _OTHER_WAY:
        return None
    return Ends((status.st_ino, mode), (status.st_ino, _OTHER_WAY[mode]))
