"""Command lines from a file, a fifo or standard input, one at a time.

Owns: opening the commands file, sharing standard input with the program, and decoding lines.
Does not own: what a line means, or when one is needed (`dialogue`).
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol, TextIO

from stepdbg.model.errors import BadUsage, StepdbgError
from stepdbg.model.program_streams import Lifted, leads_to
from stepdbg.model.standard import codecs, contextlib, io, os, select, stat, sys

from .channel import MAX_LINE, read_some


class BadLine(StepdbgError):
    """A line that cannot be a command; the input goes on after it."""


class Lines(Protocol):
    """A source of command lines."""

    def read(self) -> str | None:
        """The next line without its end; None if there are no more.  Raises `BadLine`."""

    def close(self) -> None:
        """Read no more lines."""


class FileLines:
    """The lines of a commands file.

    An ordinary file is opened at once, so that the program cannot move it away.  A fifo is opened
    when its first line is needed, because opening it waits for its writer.
    """

    def __init__(self, path: str) -> None:
        """Raises `BadUsage` if the file cannot be read."""
        self._path: Final = os.path.abspath(path)  # the program may change its folder
        self._stream: io.BufferedReader | None = None
        self._own: Lifted | None = None
        self._taken = 0
        try:
            mode = os.stat(self._path).st_mode
            if not stat.S_ISFIFO(mode):
                self._stream = self._open()
        except OSError as problem:
            raise BadUsage(f"cannot read the commands file {path}: {problem.strerror}") from None

    def read(self) -> str | None:
        """The next line; None at the end, or if the file can no longer be read."""
        try:
            if self._stream is None:
                self._stream = self._open()
            elif self._own is not None and not self._own.leads_there():
                self._stream = self._open_again()
            raw = self._stream.readline(MAX_LINE + 1)
            self._taken += len(raw)
            if len(raw) > MAX_LINE:
                self._skip(self._stream)
        except (OSError, ValueError):  # it can no longer be read, or is closed
            return None
        return text_of(raw.removeprefix(codecs.BOM_UTF8)) if raw else None

    def is_ahead(self) -> bool:
        """Whether the next line can be read without waiting."""
        if self._stream is None:
            return False
        try:
            arrival = select.poll()
            arrival.register(self._stream, select.POLLIN)
            # `peek` at an empty buffer would fill it, and so wait.
            return bool(arrival.poll(0)) and b"\n" in self._stream.peek()
        except (OSError, ValueError):
            return False

    def rest(self) -> list[str]:
        """Read all lines that are left.

        Empty for a fifo, which another process can go on reading.
        """
        lines: list[str] = []
        if os.path.isfile(self._path):
            while True:
                with contextlib.suppress(BadLine):
                    line = self.read()
                    if line is None:
                        return lines
                    lines.append(line)
        return lines

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
        if self._own is not None:
            self._own.close()
            self._own = None

    def _open(self) -> io.BufferedReader:
        low = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._own = Lifted(low)
            return open(self._own.number, "rb", closefd=False)
        finally:
            os.close(low)

    def _open_again(self) -> io.BufferedReader:
        """Open the file again at the same line, after the program has closed its descriptor.

        A program may close all descriptors that it does not know.  Raises `OSError` for a fifo,
        whose rest is lost.
        """
        stream = self._open()
        stream.seek(self._taken)
        return stream

    def _skip(self, stream: BinaryIO) -> None:
        while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
            self._taken += len(rest)
        self._taken += len(rest)


class StandardInput:
    """Standard input, shared line by line with a program that also reads it.

    stepdbg reads no byte after the end of a line, so that the program finds the rest, through
    `sys.stdin`, its buffer, descriptor 0 or a child process.  Once the program has read from the
    text stream, that stream has read ahead; then stepdbg must read from it as well.

    If the program has replaced `sys.stdin` (as pytest does while it captures), it does not read the
    original, and stepdbg goes on with that.
    """

    def __init__(self) -> None:
        self._own: Lifted | None = None
        stream = sys.__stdin__
        with contextlib.suppress(OSError, ValueError):
            if stream is not None:
                self._own = Lifted(stream.fileno())

    def read(self) -> str | None:
        """The next line; None at the end, or if the program has closed its input."""
        stream = sys.__stdin__
        try:
            if stream is None or (there := leads_to(stream.fileno())) is None:
                return None
            own = self._own
            if own is not None and own.leads_there() and there != own.led_to:
                number = own.number
                raw = _raw_line(lambda: read_some(number, 1))
                return text_of(raw, stream.encoding) if raw else None
            return _read(stream)
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """Do nothing: standard input belongs to the program."""
        if self._own is not None:
            self._own.close()
            self._own = None


class AskedLines:
    """Lines that a replaced `input` gives, as in a notebook.

    A notebook has no standard input: its kernel asks in the browser.
    """

    def read(self) -> str | None:
        """The next line; None if nobody can be asked."""
        try:
            # Looked up late, because the kernel has replaced it.
            return text_of(builtins.input().encode())
        except (EOFError, OSError, RuntimeError, NotImplementedError, UnicodeError):
            return None

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


def _read(stream: TextIO) -> str | None:
    if _has_read_ahead(stream):
        return _text_line(stream)
    raw = _raw_line(_byte_reader(stream))
    # A thread of the program may have waited for a line, got it, and read ahead.
    if not raw and _has_read_ahead(stream):
        return _text_line(stream)
    return text_of(raw, stream.encoding) if raw else None


def _has_read_ahead(stream: TextIO) -> bool:
    """Whether the text layer has ever been read from, and may have lines in its buffer.

    The check sets the error handler that the stream already has.  That changes nothing, and
    `io.TextIOWrapper` refuses it exactly if something is in its read buffer.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return False
    try:
        stream.reconfigure(errors=stream.errors)
    except io.UnsupportedOperation:
        return True
    return False


def _byte_reader(stream: TextIO) -> Callable[[], bytes]:
    descriptor = stream.fileno()
    if os.get_blocking(descriptor):
        # Reads one byte: from the buffer unless it is empty, else from the descriptor.  Unlike
        # `read` and `peek`, `read1` does not fill the buffer.
        return lambda: stream.buffer.read1(1)  # type: ignore[attr-defined]  # BinaryIO lacks it
    return lambda: read_some(descriptor, 1)


def _raw_line(read_byte: Callable[[], bytes]) -> bytes:
    """Read a line with its end; if it is too long, return its beginning and skip the rest."""
    line = bytearray()
    while (byte := read_byte()) and byte != b"\n":
        if len(line) <= MAX_LINE:
            line += byte
    return bytes(line + byte)


def _text_line(stream: TextIO) -> str | None:
    try:
        line = stream.readline()
        return text_of(line.encode(stream.encoding), stream.encoding) if line else None
    except UnicodeError:
        raise BadLine(f"this line is not {stream.encoding} text") from None


def text_of(raw: bytes, encoding: str = "utf-8") -> str:
    """A line as text, without its end.  Raises `BadLine`: it is too long, or cannot be decoded."""
    raw = raw.rstrip(b"\r\n")
    if len(raw) > MAX_LINE:
        raise BadLine(f"a line of more than {MAX_LINE} bytes cannot be a command")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise BadLine(f"this line is not {encoding} text") from None
