"""Threads of `trio.to_thread.run_sync`: what each gave, and when it came to the run.

Owns: `Threads`.  Does not own: results as bytes (packing), the moments of a replay (taped_run).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from outcome import Outcome

from stepdbg.engine.stacks.frames import own_place
from stepdbg.model.standard import sys, threading
from stepdbg.model.tape import Came, Tape
from stepdbg.model.uncontrolled import Touch, Uncontrolled

from . import packing

StartThread = Callable[..., None]


class Misses(Protocol):
    """Hears of what the tape does not hold."""

    def miss(self, touch: Touch) -> None: ...


class _Coming:
    """A result on its way to the run, where Trio asks it for what it is."""

    __slots__ = ("_noted", "_result")

    def __init__(self, result: Outcome[Any], noted: Callable[[], None]) -> None:
        self._result, self._noted = result, noted

    def unwrap(self) -> Any:
        """See `outcome.Outcome`; called on the thread of the run."""
        self._noted()
        return self._result.unwrap()


class Threads:
    """The threads of one run.

    Args:
        tape: it is recorded or given again.
        words: gives how long the step log is.
        misses: is told of results that cannot be kept.

    Attributes:
        under_way: how many results have been handed to Trio and have not come yet.
    """

    def __init__(self, tape: Tape, words: Callable[[], int], misses: Misses) -> None:
        self._tape, self._words, self._misses = tape, words, misses
        self._count = 0
        self._next = 0
        self._results = {each.number: each.result for each in tape.threads}
        self._waiting: dict[int, tuple[StartThread, Any, Any, str | None]] = {}
        self._callers: set[int] = set()
        self._ident = threading.get_ident
        self.under_way = 0

    def calls(self) -> None:
        """The thread that runs calls into the run."""
        if self._tape.on:
            self._callers.add(self._ident())
            self._misses.miss(Touch(Uncontrolled.FROM_THREAD))

    def in_place_of(self, original: StartThread) -> StartThread:
        """What takes the place of Trio's own function that begins a thread."""

        def start_thread_soon(fn: Any, deliver: Any, name: str | None = None) -> None:
            tape = self._tape
            if not tape.here():
                original(fn, deliver, name)
                return
            number, self._count = self._count, self._count + 1
            if tape.plays and self._results.get(number, b"") is not None:
                self._waiting[number] = (original, fn, deliver, name)
                return
            place = own_place(sys._getframe(1))  # noqa: SLF001 - documented, CPython only
            touch = Touch(Uncontrolled.THREAD, place)
            if tape.plays:
                self._misses.miss(touch)
            else:
                deliver = self._recorded(number, touch, deliver)
            tape.inside = True  # nobody need hear of this thread
            try:
                original(fn, deliver, name)
            finally:
                tape.inside = False

        return start_thread_soon

    def _recorded(self, number: int, touch: Touch, deliver: Any) -> Callable[[Outcome[Any]], None]:
        """What takes the place of Trio's own function that delivers a result."""

        def delivered(result: Outcome[Any]) -> None:
            packed = packing.pack(result) if self._tape.on else None
            if self._ident() in self._callers:  # what it has called for would not come otherwise
                self._callers.discard(self._ident())
                packed = None

            def noted() -> None:
                if not self._tape.on or not self._tape.has_room(len(packed or b"")):
                    return
                self._tape.threads.append(Came(self._words(), number, packed))
                if packed is None:
                    self._misses.miss(touch)

            deliver(_Coming(result, noted))

        return delivered

    # -- in a replay -------------------------------------------------------------------

    def come(self, steps: int) -> bool:
        """Deliver what had come after so many steps; whether something is under way."""
        came = self._tape.threads
        while self._tape.on and self._next < len(came) and came[self._next].after <= steps:
            each = came[self._next]
            if each.result is not None:
                if each.number not in self._waiting:
                    break
                self._deliver(each.number, each.result)
            self._next += 1
        return self.under_way > 0

    def _deliver(self, number: int, packed: bytes) -> None:
        original, fn, deliver, name = self._waiting.pop(number)
        result = packing.unpack(packed)
        if result is None:
            original(fn, deliver, name)
            return
        self.under_way += 1

        def noted() -> None:
            self.under_way -= 1

        deliver(_Coming(result, noted))

    def release(self) -> None:
        """The tape has ended: what still waits for a thread gets one."""
        waiting, self._waiting = self._waiting, {}
        for original, fn, deliver, name in waiting.values():
            original(fn, deliver, name)
