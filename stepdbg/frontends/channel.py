"""Byte streams to the client: descriptors, and a socket that the client connects to.

Owns: opening `--json-fd` and `--json-socket`, descriptors out of the program's way, and reading
and writing that treat a peer that has gone as an end, never as an error.
Does not own: what the bytes mean (`requests`, `jsonlines`).

Light on purpose: the command line opens channels before anything else is imported.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import Lifted, at_first, lift
from stepdbg.model.standard import fcntl, os, select, stat

if TYPE_CHECKING:
    import socket

CHUNK: Final = 65536
"""How many bytes are read at once; a pipe on Linux holds as many."""

MAX_LINE: Final = 1 << 20
"""The longest line taken as a command, in bytes without its end."""

_STANDARD: Final = 3  # descriptors below this one are the program's own input and output


def give_back(copy: Lifted, descriptor: int) -> None:
    """Let a standard descriptor lead where it led when it was copied.

    The program may have closed it meanwhile, or put something else there.
    """
    with suppress(OSError):
        if copy.leads_there():
            os.dup2(copy.number, descriptor)


def copies_of(*descriptors: int) -> dict[int, Lifted]:
    """Copies of those that are open, by number; of where a held one led at the start."""
    made: dict[int, Lifted] = {}
    for descriptor in descriptors:
        with suppress(OSError):
            made[descriptor] = Lifted(at_first(descriptor))
    return made


def open_channel(where: int | str) -> tuple[BinaryIO | None, BinaryIO]:
    """Open `--json-fd` (a number) or `--json-socket` (a path); waits for the socket's client.

    Returns what to read requests from (None when nothing can ever be read, as with a log file)
    and what to write records to, both the caller's to close.  Raises `BadUsage` when that
    is impossible.
    """
    lifted, readable = _given(where) if isinstance(where, int) else (_accepted(where), True)
    writer = open(lifted, "wb", buffering=0)  # noqa: SIM115 - for the caller to close
    return (open(lifted, "rb", buffering=0, closefd=False) if readable else None), writer


def read_some(descriptor: int, size: int = CHUNK) -> bytes:
    """Up to `size` bytes, waiting for the first of them; empty at the end or without a peer."""
    while True:
        try:
            return os.read(descriptor, size)
        except BlockingIOError:
            _wait(descriptor, select.POLLIN)
        except OSError:
            return b""


def write_all(descriptor: int, content: bytes) -> bool:
    """Write everything, waiting for a slow reader; False when the reader has gone."""
    view = memoryview(content)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:
            _wait(descriptor, select.POLLOUT)
        except OSError:
            return False
    return True


def _wait(descriptor: int, event: int) -> None:
    # Somebody made the open file non-blocking (Trio's FdStream does); it is shared with us.
    poll = select.poll()
    poll.register(descriptor, event)
    poll.poll()


def _given(descriptor: int) -> tuple[int, bool]:
    """The descriptor out of the program's way, and whether it can be read."""
    if descriptor < _STANDARD:
        raise BadUsage(f"descriptor {descriptor} is a standard stream: --json uses those")
    try:
        mode = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    except OSError as problem:
        raise BadUsage(f"descriptor {descriptor}: {problem.strerror}") from None
    if mode == os.O_RDONLY:
        raise BadUsage(f"descriptor {descriptor} cannot be written to: hand over a socket")
    lifted = lift(descriptor)
    os.close(descriptor)
    return lifted, mode == os.O_RDWR


def _accepted(path: str) -> int:
    listener = _listen(path)
    try:
        client, _ = listener.accept()
    finally:
        listener.close()
        _unlink(path)  # there is one client; nobody else need try
    with client:
        client.setblocking(True)
        return lift(client.fileno())


def _listen(path: str) -> socket.socket:
    from stepdbg.model.standard import socket

    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # A mask, not a chmod afterwards: there is no moment in which others could connect.
    mask = os.umask(0o177)
    try:
        listener.bind(path)
        listener.listen(1)
    except OSError as problem:
        listener.close()
        raise BadUsage(f"cannot listen on {path}: {problem.strerror or problem}") from None
    finally:
        os.umask(mask)
    return listener


def _remove_stale(path: str) -> None:
    from stepdbg.model.standard import socket

    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return  # nothing there, or `bind` will say what is wrong
    if not stat.S_ISSOCK(mode):
        raise BadUsage(f"{path} exists and is not a socket: remove it or take another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            _unlink(path)
            return
    raise BadUsage(f"{path} is in use by another program: take another path")


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as problem:  # of somebody else, in a folder that lets nobody remove it
        raise BadUsage(f"cannot remove {path}: {problem.strerror}: take another path") from None
