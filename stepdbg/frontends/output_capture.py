"""The program's own output as events: everything that reaches descriptors 1 and 2, in order.

Owns: the pipes that take the place of standard output and standard error, and the thread that
empties them while the program runs.  Does not own: where the events go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

from stepdbg.model import program_streams
from stepdbg.model.program_streams import OwnDescriptor, leads_to, lift
from stepdbg.model.standard import codecs, contextlib, io, os, select, sys, threading
from stepdbg.model.stops import Output

from .channel import CHUNK
from .threads import RestingThread

_STREAMS: Final = {1: "stdout", 2: "stderr"}

_MOST_AT_ONCE: Final = 1 << 20
"""Bytes read at once: the largest size that an unprivileged process can give a pipe."""


class _Stream:
    """One stream: the end of its pipe that stepdbg reads, and a character that is half read."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        self.name: Final = _STREAMS[descriptor]
        self._descriptor: Final = descriptor
        reads, writes = os.pipe()
        self.reads: Final = lift(reads)
        self._end: Final = OwnDescriptor(self.reads)
        os.close(reads)
        os.set_blocking(self.reads, False)
        os.dup2(writes, descriptor)
        os.close(writes)
        self.decode: Final = codecs.getincrementaldecoder(encoding)("backslashreplace").decode

    def read(self) -> bytes | None:
        """Read what is there, up to `CHUNK` bytes; None if nothing is there, empty at the end."""
        if not self._end.is_ours():
            return b""
        try:
            return os.read(self.reads, CHUNK)
        except BlockingIOError:
            return None

    def close(self) -> None:
        """Read nothing more.

        If the program has closed stepdbg's end of the pipe, its output goes nowhere from now on.
        Otherwise its writes would fail with a broken pipe, which they would not do without stepdbg.
        """
        self._end.close()
        if leads_to(self._descriptor) == self._end.led_to:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._descriptor)
            os.close(nowhere)


class OutputCapture:
    """Takes over descriptors 1 and 2 until it is closed.

    emit: called with every piece of output, on the thread that drains or on stepdbg's own.
    rest: pauses that thread, so that output waits for `drain` or `go_on`; False if it cannot.

    The order within a stream is kept.  Pieces of different streams that are written at nearly the
    same time may change places.
    """

    def __init__(self, emit: Callable[[Output], None]) -> None:
        self._emit: Callable[[Output], None] | None = emit
        self._one_drain: Final = threading.Lock()
        self._error_stream: Final = OwnDescriptor(_saved_error_stream())
        self._streams: Final = [
            _Stream(1, _encoding(sys.__stdout__)),
            _Stream(2, _encoding(sys.__stderr__)),
        ]
        # Two poll objects, as one cannot be used by two threads at once: one waits, one looks.
        self._arrival: Final = select.poll()
        self._present: Final = select.poll()
        for stream in self._streams:
            self._arrival.register(stream.reads, select.POLLIN)
            self._present.register(stream.reads, select.POLLIN)
        if isinstance(sys.stdout, io.TextIOWrapper):
            # If the program hangs, the user needs to see the last line that it has printed.
            sys.stdout.reconfigure(line_buffering=True)
        self._thread: Final = RestingThread(self._empty_pipes)
        self._arrival.register(self._thread.asked, select.POLLIN)
        self._thread.start()
        self.rest: Final = self._thread.rest
        self.go_on: Final = self._thread.start

    def drain(self, *, final: bool = False) -> None:
        """Emit everything that this thread has written so far.

        final: emit half characters as well, and the buffers of libc with the output of C code, as
            at the exit of a process.
        """
        program_streams.flush()
        if final:
            _flush_c_streams()
        self._take()
        if final:
            self._emit_rests()

    def close(self) -> None:
        """Emit what is left; later output goes to the real standard error."""
        if self._emit is None:
            return
        self.drain(final=True)
        with self._one_drain:
            if self._error_stream.is_ours():
                for descriptor in _STREAMS:
                    os.dup2(self._error_stream.number, descriptor)
            self._emit = None
        self._error_stream.close()

    def _take(self) -> None:
        with self._one_drain:
            taken = 0
            while taken < _MOST_AT_ONCE and (ready := self._present.poll(0)):
                taken += sum(self._take_from(descriptor) for descriptor, _ in ready)

    def _emit_rests(self) -> None:
        with self._one_drain:
            for stream in self._streams:
                self._emit_text(stream, b"", final=True)

    def _take_from(self, descriptor: int) -> int:
        stream = next(each for each in self._streams if each.reads == descriptor)
        content = stream.read()
        if content is not None:
            self._emit_text(stream, content, final=not content)
        if content == b"":  # no process can write any more
            self._arrival.unregister(descriptor)
            self._present.unregister(descriptor)
            self._streams.remove(stream)
            stream.close()
        return len(content or b"")

    def _emit_text(self, stream: _Stream, content: bytes, *, final: bool) -> None:
        text = stream.decode(content, final)
        if text and self._emit is not None:
            self._emit(Output(stream.name, text))

    def _empty_pipes(self) -> bool:
        """Empty the pipes until they end; the thread's work, see `RestingThread`."""
        # It goes on after `close`: writes of children that still run must not fail.
        while self._streams:
            ready = self._arrival.poll()
            if any(descriptor == self._thread.asked for descriptor, _ in ready):
                if self._thread.can_be_asked():
                    return True
                self._arrival.unregister(self._thread.asked)  # the program has the number now
            self._take()
        return False


def _flush_c_streams() -> None:
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # slow to import, and needed only at the end

        ctypes.CDLL(None).fflush(None)


def _saved_error_stream() -> int:
    try:
        return lift(2)
    except OSError:  # it was closed when stepdbg started
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


def _encoding(stream: TextIO | None) -> str:
    return "utf-8" if stream is None else stream.encoding
