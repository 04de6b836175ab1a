"""The program's own output as events: whatever reaches descriptors 1 and 2, in order.

Owns: the pipes that stand in for standard output and standard error, and the thread that
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
"""Bytes taken in one go: the most that a pipe can be made to hold without privileges."""


class _Stream:
    """One stream: the end of its pipe that we read, and its half-read character."""

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
        """What is there, up to `CHUNK` bytes; None when nothing is, empty at the end."""
        if not self._end.is_ours():
            return b""
        try:
            return os.read(self.reads, CHUNK)
        except BlockingIOError:
            return None

    def close(self) -> None:
        """Nothing is read any more.

        If the program has closed our end, what it writes goes nowhere, as the client has gone with
        it; a broken pipe would be an error that the program does not have without us.
        """
        self._end.close()
        if leads_to(self._descriptor) == self._end.led_to:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._descriptor)
            os.close(nowhere)


class OutputCapture:
    """Takes over descriptors 1 and 2 until it is closed.

    emit: gets every piece of output, in the thread that drains or another one of stepdbg's.

    The order within a stream is kept.  Pieces of different streams may change places when
    they are written within the same moment.

    rest: let what is written wait for `drain`, or for `go_on`; False if that cannot be had.
    """

    def __init__(self, emit: Callable[[Output], None]) -> None:
        self._emit: Callable[[Output], None] | None = emit
        self._one_drain: Final = threading.Lock()
        self._error_stream: Final = OwnDescriptor(_saved_error_stream())
        self._streams: Final = [
            _Stream(1, _encoding(sys.__stdout__)),
            _Stream(2, _encoding(sys.__stderr__)),
        ]
        # A poll object refuses to be used by two threads at once: one to wait, one to look.
        self._arrival: Final = select.poll()
        self._present: Final = select.poll()
        for stream in self._streams:
            self._arrival.register(stream.reads, select.POLLIN)
            self._present.register(stream.reads, select.POLLIN)
        if isinstance(sys.stdout, io.TextIOWrapper):
            # What a hung program printed last is what its user wants to see.
            sys.stdout.reconfigure(line_buffering=True)
        self._thread: Final = RestingThread(self._empty_pipes)
        self._arrival.register(self._thread.asked, select.POLLIN)
        self._thread.start()
        self.rest: Final = self._thread.rest
        self.go_on: Final = self._thread.start

    def drain(self, *, final: bool = False) -> None:
        """Emit everything that this thread has written so far.

        final: also half characters, and what C code has printed into buffers of libc, as at
        the exit of a process.
        """
        program_streams.flush()
        if final:
            _flush_c_streams()
        self._take()
        if final:
            self._emit_rests()

    def close(self) -> None:
        """Emit what is left; what is written from now on goes to the real standard error."""
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
        if content == b"":  # nobody can write any more: we have closed, children have ended
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
        """The thread's work: see `RestingThread`."""
        # Goes on after `close`: children that still run must not find their output broken.
        while self._streams:
            ready = self._arrival.poll()
            if any(descriptor == self._thread.asked for descriptor, _ in ready):
                if self._thread.can_be_asked():
                    return True
                self._arrival.unregister(self._thread.asked)  # it is the program's now
            self._take()
        return False


def _flush_c_streams() -> None:
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # slow to import, and needed at the end only

        ctypes.CDLL(None).fflush(None)


def _saved_error_stream() -> int:
    try:
        return lift(2)
    except OSError:  # it was closed when stepdbg started
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


def _encoding(stream: TextIO | None) -> str:
    return "utf-8" if stream is None else stream.encoding
