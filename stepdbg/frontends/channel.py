"""Byte streams to the client: descriptors, and a socket that the client connects to.

Owns: opening `--json-fd` and `--json-socket`, descriptors with numbers that the program does not
use, and reading and writing that take the end of the peer as an end, never as an error.
Does not own: what the bytes mean (`requests`, `jsonlines`).

Light on purpose: the command line opens channels before anything else is imported.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import Lifted, access_of, at_first, lift
from stepdbg.model.standard import os, select, stat

if TYPE_CHECKING:
    import socket

CHUNK: Final = 65536
"""How many bytes are read at once: as many as a pipe holds on Linux."""

MAX_LINE: Final = 1 << 20
"""The longest line that can be a command, in bytes without its end."""

_STANDARD: Final = 3  # descriptors below this one are the program's own input and output


def give_back(copy: Lifted, descriptor: int) -> None:
    """Let a standard descriptor lead again where it led when it was copied.

    The program may have closed or redirected it meanwhile.
    """
    with suppress(OSError):
        if copy.leads_there():
            os.dup2(copy.number, descriptor)


def copies_of(*descriptors: int) -> dict[int, Lifted]:
    """A copy of each descriptor that is open, by number; of a held one, as it was at the start."""
    made: dict[int, Lifted] = {}
    for descriptor in descriptors:
        with suppress(OSError):
            made[descriptor] = Lifted(at_first(descriptor))
    return made


def open_channel(where: int | str) -> tuple[BinaryIO | None, BinaryIO]:
    """Open `--json-fd` (a number) or `--json-socket` (a path); waits for the socket's client.

    Returns the stream to read requests from (None if it can never be read, as with a log file) and
    the stream to write records to.  The caller closes both.  Raises `BadUsage` if the channel
    cannot be opened.
    """
    lifted, readable = _given(where) if isinstance(where, int) else (_accepted(where), True)
    writer = open(lifted, "wb", buffering=0)  # noqa: SIM115 - for the caller to close
    return (open(lifted, "rb", buffering=0, closefd=False) if readable else None), writer


def read_some(descriptor: int, size: int = CHUNK) -> bytes:
    """Read up to `size` bytes, waiting for the first; empty at the end, or if the peer has gone."""
    while True:
        try:
            return os.read(descriptor, size)
        except BlockingIOError:
            _wait(descriptor, select.POLLIN)
        except OSError:
            return b""


def write_all(descriptor: int, content: bytes) -> bool:
    """Write everything, waiting for a slow reader; False if the reader has gone."""
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
    # The program has made the open file non-blocking (Trio's FdStream does); stepdbg shares it.
    poll = select.poll()
    poll.register(descriptor, event)
    poll.poll()


def _given(descriptor: int) -> tuple[int, bool]:
    """A copy under a number that the program does not use, and whether it can be read."""
    if descriptor < _STANDARD:
        raise BadUsage(f"descriptor {descriptor} is a standard stream: --json uses those")
    try:
        mode = access_of(descriptor)
    except OSError as problem:
        raise BadUsage(f"descriptor {descriptor}: {problem.strerror}") from None
    if mode == os.O_RDONLY:
        raise BadUsage(f"descriptor {descriptor} cannot be written to: pass a socket")
    lifted = lift(descriptor)
    os.close(descriptor)
    return lifted, mode == os.O_RDWR


def _accepted(path: str) -> int:
    listener = _listen(path)
    try:
        client, _ = listener.accept()
    finally:
        listener.close()
        _unlink(path)  # there is one client; no other can connect
    with client:
        client.setblocking(True)
        return lift(client.fileno())


def _listen(path: str) -> socket.socket:
    from stepdbg.model.standard import socket

    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # A mask, not a chmod afterwards: so there is no moment at which others could connect.
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
        return  # there is no file, or else `bind` will say what is wrong
    if not stat.S_ISSOCK(mode):
        raise BadUsage(f"{path} exists and is not a socket: remove it or use another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            _unlink(path)
            return
    raise BadUsage(f"{path} is in use by another program: use another path")


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as problem:  # another user's, in a folder where only its owner may remove it
        raise BadUsage(f"cannot remove {path}: {problem.strerror}: use another path") from None
