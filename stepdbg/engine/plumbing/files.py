"""Sockets and other files that tasks wait for, in words.

Owns: the words for a file descriptor.  Does not own: which task waits for it (waiting).
"""

from __future__ import annotations

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.describing.plain import one_line
from stepdbg.model.standard import os, socket, stat

_LENGTH = 80


def descriptor_of(file: object) -> int | None:
    """The number of a file descriptor; None if the object is not one, or is closed."""
    if is_a(file, socket.socket):
        number = socket.socket.fileno(file)
    elif type(file) is int:
        number = file
    else:
        return None
    return number if number >= 0 else None


def describe_file(file: object) -> str:
    """Describe a file descriptor: the addresses of a socket, the path or kind of a file."""
    number = descriptor_of(file)
    if number is None:
        return ""
    if is_a(file, socket.socket):
        return _describe_socket(file)
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISSOCK(mode):
            with socket.socket(fileno=os.dup(number)) as copy:
                return _describe_socket(copy)
        path = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        return ""
    return "a pipe" if stat.S_ISFIFO(mode) else one_line(path, _LENGTH)


def _describe_socket(file: socket.socket) -> str:
    here, there = "", ""
    try:
        here = address_of(socket.socket.getsockname(file))
        there = address_of(socket.socket.getpeername(file))
    except OSError:
        pass  # not connected, or not bound
    if here and there:
        return f"{here} to {there}"
    return here or there


def address_of(address: object) -> str:
    """A socket's address: ``127.0.0.1:80``, ``[::1]:80``, a path; empty if it has none."""
    if isinstance(address, str | bytes):
        return one_line(os.fsdecode(address), _LENGTH)
    if not isinstance(address, tuple) or len(address) < 2:
        return ""
    host, port = address[:2]
    if type(host) is not str or type(port) is not int:
        return ""
    return f"[{host}]:{port}" if ":" in host else f"{one_line(host, _LENGTH)}:{port}"
