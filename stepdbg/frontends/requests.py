"""Requests of a client, which may arrive at any time.

At a stop they are answered in order.  While the program runs, those that need no stop are answered
at once.

Owns: the thread that reads a channel, splitting bytes into lines, and which requests wait.
Does not own: what a line says, or answering it (`jsonlines`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from stepdbg.model.program_streams import OwnDescriptor
from stepdbg.model.standard import select, threading, time

from .channel import MAX_LINE, read_some
from .threads import Bell, RestingThread

GRACE: Final = 0.1
"""Seconds for which a request waits for the next stop, before it is answered while the run goes on.

A client may send ``step`` and ``tasks`` together, and wants the tasks at the stop after the step.
But if its program hangs after ``continue``, it must get the tasks without a stop.
"""

_MOST_PATIENCE: Final = 1.0  # seconds, for a client that keeps sending at the end


class Running(Protocol):
    """Answers requests while the run is not held, on the thread that reads them."""

    def answer(self, line: bytes) -> bool:
        """Answer a request; False if it must wait for a stop."""

    def is_urgent(self, line: bytes) -> bool:
        """Whether a request overtakes those that wait."""

    def flush(self) -> None:
        """Send the replies so far; called now and then while requests wait."""


class Requests:
    """The lines of a client.

    A line longer than `MAX_LINE` is cut to one byte more than that.

    descriptor: what to read, closed at its end; None for a client that cannot send anything.
    running: answers requests while the run is not held.

    Attributes:
        waiting: the requests that have arrived and may be taken.
    """

    def __init__(self, descriptor: int | None, running: Running) -> None:
        self._running: Final = running
        self.waiting: Final[deque[bytes]] = deque()
        self._lock: Final = threading.Lock()
        self._arrived: Final = threading.Condition(self._lock)
        self._bell: Final = Bell()  # for the thread that waits at a stop; Ctrl-C ends its wait
        self._held = False
        self._busy = False  # whether bytes have arrived that are not in `waiting` yet
        self._resumed_at = 0.0
        self._from: Final = None if descriptor is None else OwnDescriptor(descriptor)
        self._ended = descriptor is None
        self._lines: Final = LineSplitter()
        self._thread: RestingThread | None = None
        if descriptor is not None:
            self._thread = RestingThread(self._read)
            self._thread.start()

    def rest(self) -> bool:
        """Pause reading, until `go_on`; False if that is not possible."""
        return self._thread is None or self._thread.rest()

    def go_on(self) -> None:
        """Read again."""
        if self._thread is not None:
            self._thread.start()

    def unread(self) -> tuple[list[bytes], bytes]:
        """The requests that wait, and the beginning of the next one; call it during `rest`."""
        return list(self.waiting), self._lines.begun

    def take_in_place(self, waiting: Iterable[bytes], begun: bytes) -> None:
        """Replace the requests that wait by these; call it during `rest`."""
        self.waiting.clear()
        self.waiting.extend(waiting)
        self._lines.begun = begun

    def hold(self) -> None:
        """The run is held: let requests wait for `take` from now on."""
        with self._lock:
            self._held = True

    def release(self) -> None:
        """The run goes on: answer requests on the thread that reads them."""
        with self._lock:
            self._held = False
            self._resumed_at = time.monotonic()

    def take(self) -> bytes | None:
        """Wait for the next request; None if the client has gone.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed meanwhile.
        """
        if not self.waiting:
            self._bell.wait_until(lambda: self.waiting or self._ended)
        return self.waiting.popleft() if self.waiting else None

    def leftovers(self) -> list[bytes]:
        """The requests that no stop will answer, including those that have just arrived."""
        end = time.monotonic() + _MOST_PATIENCE
        with self._arrived:
            while not self._ended and (self._busy or self._sees_more()):
                if not self._arrived.wait(end - time.monotonic()):
                    break
            left = list(self.waiting)
            self.waiting.clear()
            return left

    def _sees_more(self) -> bool:
        assert self._from is not None
        return self._from.is_ours() and bool(_readable(self._from.number).poll(0))

    def _read(self) -> bool:
        """Read requests until the channel ends; the thread's work, see `RestingThread`."""
        assert self._from is not None
        assert self._thread is not None
        lines, asked, descriptor = self._lines, self._thread.asked, self._from.number
        arrival = _readable(asked)
        if not self._ended:
            arrival.register(descriptor, select.POLLIN)
        while not self._ended or self.waiting:  # a client may send everything and leave
            ready = arrival.poll(GRACE * 1000 if self.waiting else None)
            if not ready:
                self._offer()
                continue
            taken_away = not self._ended and not self._from.is_ours()
            if taken_away or not self._thread.can_be_asked():
                arrival = select.poll()  # the old numbers belong to the program now
                self._end(self._from)
                continue
            if any(number == asked for number, _ in ready):
                return True
            self._busy = True
            chunk = read_some(descriptor)
            self._take_in(lines.split(chunk) if chunk else lines.rest())
            if not chunk:
                arrival.unregister(descriptor)
                self._end(self._from)
        return False

    def _end(self, channel: OwnDescriptor) -> None:
        with self._arrived:
            was_over, self._ended = self._ended, True
            self._arrived.notify()
        self._bell.ring()
        if not was_over:
            channel.close()

    def _take_in(self, lines: Iterator[bytes]) -> None:
        with self._arrived:
            for line in lines:
                urgent = not self._held and self._running.is_urgent(line)
                if not (urgent and self._running.answer(line)):
                    self.waiting.append(line)
            self._busy = False
            self._arrived.notify()
        self._bell.ring()
        self._offer()

    def _offer(self) -> None:
        """Answer the requests that wait, as far as they need no stop."""
        self._running.flush()
        with self._arrived:
            if self._held or time.monotonic() - self._resumed_at < GRACE:
                return
            while self.waiting and self._running.answer(self.waiting[0]):
                self.waiting.popleft()


def _readable(descriptor: int) -> select.poll:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return poll


class LineSplitter:
    """Turns chunks of bytes into lines without their ends."""

    def __init__(self) -> None:
        self._begun = bytearray()

    @property
    def begun(self) -> bytes:
        """The beginning of a line whose end has not arrived."""
        return bytes(self._begun)

    @begun.setter
    def begun(self, part: bytes) -> None:
        self._begun[:] = part

    def split(self, chunk: bytes) -> Iterator[bytes]:
        """The lines that end in a chunk."""
        first, *others = chunk.split(b"\n")
        self._grow(first)
        for part in others:
            yield from self.rest(also_empty=True)
            self._grow(part)

    def rest(self, *, also_empty: bool = False) -> Iterator[bytes]:
        """The beginning of the last line, which has no end, as a line."""
        if self._begun or also_empty:
            yield bytes(self._begun)
            self._begun.clear()

    def _grow(self, part: bytes) -> None:
        self._begun += part[: MAX_LINE + 1 - len(self._begun)]
