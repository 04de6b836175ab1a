"""Keeping a recording while the program runs.

Owns: `RecordingFile`: the mapped file, how it grows, and what happens when it cannot.
Does not own: its form (form), compressing it at the end (closing), or what is
kept (engine.tracing).

What is written to a mapped file belongs to the system at once: it gets into the file even if the
process is killed a moment later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepdbg.archive.picture import about_now
from stepdbg.model.errors import BadUsage
from stepdbg.model.recording import Shape
from stepdbg.model.standard import mmap, os, stat, sys, threading, zlib

from . import closing
from .form import (
    BLOCK,
    DEFINES,
    EVENT,
    HEADER,
    MAGIC,
    MOST_PICTURES,
    MOST_SHAPES,
    OPEN,
    PICTURES,
    SKIPS,
    encode_about,
    encode_shape,
    padded,
)

if TYPE_CHECKING:
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Stop

_KEEPS_DESCRIPTOR = sys.version_info < (3, 13)
"""Whether a map has a descriptor of its own, which it closes when it is freed (``trackfd`` of
`mmap.mmap` is new in 3.13).  A program may close all descriptors that it does not know, and open
something else under the same number.  So such maps are not freed before the end."""


class RecordingFile:
    """A recording that is being made; a `RecordingSink`.

    Args:
        option: the option that asked for the recording, for messages.
        path: the file; one that exists is overwritten, and must be a recording.
        tell: shows the user a sentence.

    Attributes:
        event, pack, put: see `RecordingSink`.

    Raises:
        BadUsage: the file cannot be made there.
    """

    def __init__(self, option: str, path: str, tell: Callable[[str], None]) -> None:
        self._name, self._path, self._tell = f"{option} {path}", path, tell
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._shapes: dict[Shape, int] = {}
        self._size = HEADER
        self._pictures = 0
        self._blocks: list[mmap.mmap] = []
        self._is_whole = True
        self.pack: Callable[[float, float, int, int, int], bytes] = EVENT.pack
        self.put: Callable[[bytes], object] = _nowhere
        try:
            self._file = self._made()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise BadUsage(f"{self._name}: {reason}") from None
        self.event = self._keeper()

    def _made(self) -> tuple[int, int]:
        """Make the file, or empty the recording that is there; return its device and inode."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
        file = os.open(self._path, flags, 0o600)
        try:
            state = os.fstat(file)
            if not stat.S_ISREG(state.st_mode):
                raise ValueError("it is not a regular file, so it is not a recording")
            if state.st_size and os.pread(file, len(MAGIC), 0) != MAGIC:
                raise ValueError("it exists and is not a recording; choose another name")
            os.ftruncate(file, 0)
            os.pwrite(file, MAGIC, 0)
            os.ftruncate(file, HEADER)
        finally:
            os.close(file)
        return state.st_dev, state.st_ino

    def begin(self) -> None:
        """Write the header, and be ready for events; called once Trio has been imported."""
        head = MAGIC + OPEN + encode_about(about_now())
        with self._lock:
            try:
                file = self._opened()
                try:
                    os.pwrite(file, head[:HEADER], 0)
                finally:
                    os.close(file)
                self._grow()
            except OSError as error:
                self._give_up(error)

    def _opened(self) -> int:
        """A new descriptor of the file.  Raises `OSError` if another file is there now."""
        file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK)
        state = os.fstat(file)
        if (state.st_dev, state.st_ino) != self._file:
            os.close(file)
            raise OSError(0, "another file has taken its place")
        return file

    # -- keeping ----------------------------------------------------------------------

    def _keeper(self) -> Callable[[float, float, int, int, int], None]:
        """Give the function that keeps an event.

        It is a closure, because a method would look up its attributes at each call.
        """
        pack = EVENT.pack
        recording = self

        def event(when: float, seconds: float, number: int, task: int, shape: int) -> None:
            data = pack(when, seconds, number, task, shape)
            try:
                recording.put(data)
            except ValueError:  # the block is full
                recording.write(data)

        return event

    def write(self, data: bytes) -> None:
        """Write events or a shape; begin a new block if this one has no room left."""
        with self._lock:
            while True:
                try:
                    self.put(data)
                    return
                except ValueError:
                    self._next_block()

    def stop(self, event: bytes, inspector: Inspector, stop: Stop) -> None:
        """Keep an event about a stop, and what there is to see then; see `RecordingSink`.

        Both are written at once, so no event of another thread gets between them.
        """
        if self.put is _nowhere or self._process != os.getpid():
            return
        from . import stop_pictures  # late: few programs stop

        data = b""
        try:
            if self._pictures < MOST_PICTURES:
                data = stop_pictures.take(inspector, stop)
                self._pictures += len(data)
                if self._pictures >= MOST_PICTURES:
                    self._tell(f"{self._name} keeps no more values: it has as many as it may")
        finally:  # a fault of ours costs only the values
            with self._lock:
                if data:
                    head = EVENT.pack(0.0, 0.0, len(data), zlib.crc32(data), PICTURES)
                    event += head + padded(data)
                self.write(event)

    def shape(self, shape: Shape) -> int:
        """The number of a shape, which is written down when it first occurs."""
        number = self._shapes.get(shape)
        if number is None:
            with self._lock:
                number = len(self._shapes) + 1
                if number > MOST_SHAPES:
                    self._stop("there are too many different events")
                self._shapes[shape] = number
                text = encode_shape(shape)
                self.write(EVENT.pack(0.0, 0.0, len(text), number, DEFINES) + padded(text))
        return number

    def _next_block(self) -> None:
        """Go on in a new block."""
        full = self._blocks[-1]
        if len(full) > full.tell():
            full.write(EVENT.pack(0.0, 0.0, 0, 0, SKIPS))
        full.seek(0, os.SEEK_END)  # a thread that is about to write there finds no room
        if self._process != os.getpid():
            self.put = _nowhere  # a forked child: the file is its parent's
            return
        try:
            self._grow()
        except OSError as error:
            self._give_up(error)

    def _grow(self) -> None:
        file = self._opened()
        try:
            os.ftruncate(file, self._size + BLOCK)
            if hasattr(os, "posix_fallocate"):
                # If the disk is full, touching a new page of a mapped file kills the process with
                # SIGBUS.  So all pages are reserved now, where the failure is an exception.
                os.posix_fallocate(file, self._size, BLOCK)
            more = {} if _KEEPS_DESCRIPTOR else {"trackfd": False}
            block = mmap.mmap(file, BLOCK, offset=self._size, **more)
        finally:
            os.close(file)
        self._size += BLOCK
        if not _KEEPS_DESCRIPTOR:
            self._blocks.clear()
        self._blocks.append(block)
        self.put = block.write

    def _give_up(self, error: OSError) -> None:
        self._stop(error.strerror or str(error))

    def _stop(self, reason: str) -> None:
        """Stop keeping events, and say so once."""
        self.put = _nowhere
        if self._is_whole:
            self._is_whole = False
            self._tell(f"{self._name} is not complete: {reason}")

    # -- the end ----------------------------------------------------------------------

    def close(self) -> None:
        """The program has ended: compress what was kept."""
        if self._process != os.getpid():
            return
        with self._lock:
            self.put = _nowhere
            self._blocks.clear()
            try:
                os.close(self._opened())
                closing.compress(self._path)
            except (OSError, ValueError, MemoryError) as error:
                # The file stays as it was, and can be read.
                self._is_whole = self._is_whole and not isinstance(error, MemoryError)


def _nowhere(_: bytes) -> object:
    """Drop data: what `put` is when nothing is kept."""
    return None
