"""Requests that arrive at any time: in order at a stop, at once while the program runs.

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
"""Seconds that a waiting request leaves the run to come to its next stop.

A client may send ``step`` and ``tasks`` together and means the tasks at the stop then; one
whose program hangs after ``continue`` must get its tasks all the same.
"""

_MOST_PATIENCE: Final = 1.0  # seconds, with a client that goes on sending at the end


class Running(Protocol):
    """Answers requests while the run is not held; called on the thread that reads."""

    def answer(self, line: bytes) -> bool:
        """Answer a request; False when it must wait for a stop."""

    def is_urgent(self, line: bytes) -> bool:
        """Whether a request overtakes those that wait."""

    def flush(self) -> None:
        """Send what has been answered: called now and then while requests wait."""


class Requests:
    """The lines of a client.

    A line longer than `MAX_LINE` arrives cut to one byte more than that.

    descriptor: what to read, closed at its end; None for a client that cannot say anything.

    waiting: those that have arrived and may be taken, for callers that only ask if there are any.
    """

    def __init__(self, descriptor: int | None, running: Running) -> None:
        self._running: Final = running
        self.waiting: Final[deque[bytes]] = deque()
        self._lock: Final = threading.Lock()
        self._arrived: Final = threading.Condition(self._lock)
        self._bell: Final = Bell()  # for the thread that waits at a stop, where Ctrl-C breaks in
        self._held = False
        self._busy = False  # something has been seen on the channel and is not waiting yet
        self._resumed_at = 0.0
        self._from: Final = None if descriptor is None else OwnDescriptor(descriptor)
        self._ended = descriptor is None
        self._lines: Final = LineSplitter()
        self._thread: RestingThread | None = None
        if descriptor is not None:
            self._thread = RestingThread(self._read)
            self._thread.start()

    def rest(self) -> bool:
        """Read nothing for a while; False if that cannot be had."""
        return self._thread is None or self._thread.rest()

    def go_on(self) -> None:
        """Read again."""
        if self._thread is not None:
            self._thread.start()

    def unread(self) -> tuple[list[bytes], bytes]:
        """The requests that wait, and the beginning of the next one; while nothing is read."""
        return list(self.waiting), self._lines.begun

    def take_in_place(self, waiting: Iterable[bytes], begun: bytes) -> None:
        """Let these requests wait, and no others; while nothing is read."""
        self.waiting.clear()
        self.waiting.extend(waiting)
        self._lines.begun = begun

    def hold(self) -> None:
        """The run is held: from now on requests wait for `take`."""
        with self._lock:
            self._held = True

    def release(self) -> None:
        """The run goes on."""
        with self._lock:
            self._held = False
            self._resumed_at = time.monotonic()

    def take(self) -> bytes | None:
        """The next request, waited for; None when the client has gone.

        Raises:
            KeyboardInterrupt: Ctrl-C while it waited.
        """
        if not self.waiting:
            self._bell.wait_until(lambda: self.waiting or self._ended)
        return self.waiting.popleft() if self.waiting else None

    def leftovers(self) -> list[bytes]:
        """Requests that no stop will answer any more, the ones just sent included."""
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
        """The thread's work: see `RestingThread`."""
        assert self._from is not None
        assert self._thread is not None
        lines, asked, descriptor = self._lines, self._thread.asked, self._from.number
        arrival = _readable(asked)
        if not self._ended:
            arrival.register(descriptor, select.POLLIN)
        while not self._ended or self.waiting:  # or a client said everything at once and left
            ready = arrival.poll(GRACE * 1000 if self.waiting else None)
            if not ready:
                self._offer()
                continue
            taken_away = not self._ended and not self._from.is_ours()
            if taken_away or not self._thread.can_be_asked():
                arrival = select.poll()  # under those numbers lies what is the program's
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
        """Answer what can be answered while the run is not held."""
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
        """What has no end yet."""
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
        """What has no end yet, as a line."""
        if self._begun or also_empty:
            yield bytes(self._begun)
            self._begun.clear()

    def _grow(self, part: bytes) -> None:
        self._begun += part[: MAX_LINE + 1 - len(self._begun)]
