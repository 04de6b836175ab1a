"""Opening descriptors and sockets for a client, and writing to one that may go away."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from stepdbg.frontends.channel import _listen, open_channel, read_some, write_all
from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import lift

PATIENCE = 30.0

Opened = tuple[BinaryIO | None, BinaryIO]


class Descriptors:
    """Closes at the end what a test has left open."""

    def __init__(self) -> None:
        self.known: set[int] = set()

    def pipe(self) -> tuple[int, int]:
        reads, writes = os.pipe()
        self.known |= {reads, writes}
        return reads, writes

    def close(self, descriptor: int) -> None:
        self.known.discard(descriptor)
        os.close(descriptor)


@pytest.fixture
def descriptors() -> Iterator[Descriptors]:
    kept = Descriptors()
    yield kept
    for descriptor in kept.known:
        with contextlib.suppress(OSError):
            os.close(descriptor)


@contextlib.contextmanager
def client_of(path: Path) -> Iterator[tuple[socket.socket, Callable[[], Opened]]]:
    """A client of `open_channel`, and what that returned."""
    channels: queue.SimpleQueue[Opened] = queue.SimpleQueue()
    opening = threading.Thread(target=lambda: channels.put(open_channel(str(path))))
    opening.start()
    with socket.socket(socket.AF_UNIX) as client:
        _connect(client, path)
        yield client, lambda: channels.get(timeout=PATIENCE)
    opening.join()


def _connect(client: socket.socket, path: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        # As any client must: nothing tells when somebody listens but trying.
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            client.connect(str(path))
            return
        time.sleep(0.002)
    raise TimeoutError(path)


def test_a_socket_takes_one_client_and_is_gone_then(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with client_of(path) as (client, opened):
        reader, writer = opened()
        assert reader is not None
        with reader, writer:
            client.sendall(b"tasks\n")
            assert reader.read(100) == b"tasks\n"
            writer.write(b"{}\n")
            assert client.recv(100) == b"{}\n"
            assert not path.exists()


def test_only_its_owner_may_connect(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    before = os.umask(0o022)
    try:
        with _listen(str(path)):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_a_socket_that_nobody_serves_any_more_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    with client_of(path) as (client, opened):
        reader, writer = opened()
        assert reader is not None
        with reader, writer:
            writer.write(b"{}\n")
            assert client.recv(100) == b"{}\n"


def test_a_socket_in_use_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(1)

        with pytest.raises(BadUsage, match="in use by another program"):
            open_channel(str(path))
        assert path.exists()


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("precious")

    with pytest.raises(BadUsage, match="exists and is not a socket"):
        open_channel(str(path))
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("path", "reason"),
    [("missing/socket", "No such file"), ("x" * 200, "too long")],
    ids=["no folder", "long path"],
)
def test_a_socket_that_cannot_be_made_is_bad_usage(tmp_path: Path, path: str, reason: str) -> None:
    with pytest.raises(BadUsage, match=f"cannot listen on .*{reason}"):
        open_channel(str(tmp_path / path))


def test_a_descriptor_is_moved_out_of_the_programs_way(descriptors: Descriptors) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        number = ours.detach()
        descriptors.known.add(number)
        reader, writer = open_channel(number)
        assert reader is not None
        with reader, writer:
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(number)
            assert writer.fileno() >= 100
            assert not os.get_inheritable(writer.fileno())
            theirs.sendall(b"tasks\n")
            assert reader.read(100) == b"tasks\n"
            writer.write(b"{}\n")
            assert theirs.recv(100) == b"{}\n"


def test_a_descriptor_that_can_only_be_written_to_is_a_log(descriptors: Descriptors) -> None:
    reads, writes = descriptors.pipe()

    reader, writer = open_channel(writes)

    assert reader is None
    with writer:
        writer.write(b"{}\n")
    assert os.read(reads, 100) == b"{}\n"


def test_descriptors_that_cannot_serve_are_bad_usage(descriptors: Descriptors) -> None:
    reads, writes = descriptors.pipe()
    descriptors.close(writes)

    with pytest.raises(BadUsage, match="cannot be written to: pass a socket"):
        open_channel(reads)
    with pytest.raises(BadUsage, match=r"descriptor \d+: Bad file descriptor"):
        open_channel(writes)
    with pytest.raises(BadUsage, match="descriptor 1 is a standard stream"):
        open_channel(1)


def test_writing_everything_waits_for_a_slow_reader(descriptors: Descriptors) -> None:
    reads, writes = descriptors.pipe()
    os.set_blocking(writes, False)
    content = os.urandom(300_000)
    received = bytearray()

    def read() -> None:
        while len(received) < len(content):
            received.extend(read_some(reads))

    reader = threading.Thread(target=read)
    reader.start()
    assert write_all(writes, content)
    reader.join()
    assert received == content


def test_writing_to_a_reader_that_leaves_says_so(descriptors: Descriptors) -> None:
    reads, writes = descriptors.pipe()

    # The pipe is full and the writer waits in the system when its reader leaves, or finds it
    # gone: the outcome is the same.
    def leave() -> None:
        os.read(reads, 1)
        descriptors.close(reads)

    leaving = threading.Thread(target=leave)
    leaving.start()

    assert not write_all(writes, bytes(1_000_000))
    leaving.join()
    assert not write_all(writes, b"more")


def test_reading_waits_although_the_descriptor_does_not_block(descriptors: Descriptors) -> None:
    reads, writes = descriptors.pipe()
    os.set_blocking(reads, False)
    arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    reading = threading.Thread(target=lambda: arrived.put(read_some(reads)))
    reading.start()
    os.write(writes, b"at last")

    assert arrived.get(timeout=PATIENCE) == b"at last"
    descriptors.close(writes)
    assert read_some(reads) == b""


def test_a_lifted_descriptor_is_high_and_our_own(descriptors: Descriptors) -> None:
    reads, _ = descriptors.pipe()

    lifted = lift(reads)
    descriptors.known.add(lifted)

    assert lifted >= 100
    assert not os.get_inheritable(lifted)


# Python 3.15 counts the threads of pytest.
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_stale_socket_that_may_not_be_removed_is_bad_usage(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp())  # below folders that anybody may enter
    path = folder / "socket"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    folder.chmod(0o555)
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setuid(65_534)  # root may do anything
            open_channel(str(path))
        except BadUsage as error:
            os._exit(7 if "cannot remove" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    folder.chmod(0o755)
    shutil.rmtree(folder)
