"""Threads of `trio.to_thread.run_sync`: what each returned, and when that came to the run.

Owns: `Threads`.  Does not own: results as bytes (packing), the moments of a replay (taped_run).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from outcome import Outcome

from stepdbg.engine.stacks.frames import own_place
from stepdbg.model.standard import sys, threading
from stepdbg.model.tape import Tape, ThreadResult
from stepdbg.model.uncontrolled import Touch, Uncontrolled

from . import packing

StartThread = Callable[..., None]


class Misses(Protocol):
    """Is told what the tape does not hold."""

    def miss(self, touch: Touch) -> None: ...


class _Coming:
    """A result on its way to the run; Trio unwraps it there."""

    __slots__ = ("_noted", "_result")

    def __init__(self, result: Outcome[Any], noted: Callable[[], None]) -> None:
        self._result, self._noted = result, noted

    def unwrap(self) -> Any:
        """Note that the result has come; called on the thread of the run, see `outcome.Outcome`."""
        self._noted()
        return self._result.unwrap()


class Threads:
    """The threads of one run.

    Args:
        tape: the tape on which they are recorded, or from which they are replayed.
        words: gives the length of the step log.
        misses: is told which results cannot be kept.

    Attributes:
        under_way: how many results were handed to Trio but have not come to the run yet.
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
        """Note that the present thread calls into the run."""
        if self._tape.on:
            self._callers.add(self._ident())
            self._misses.miss(Touch(Uncontrolled.FROM_THREAD))

    def in_place_of(self, original: StartThread) -> StartThread:
        """A function that replaces Trio's function for starting a thread."""

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
            tape.inside = True  # this thread need not be noticed
            try:
                original(fn, deliver, name)
            finally:
                tape.inside = False

        return start_thread_soon

    def _recorded(self, number: int, touch: Touch, deliver: Any) -> Callable[[Outcome[Any]], None]:
        """A function that replaces Trio's function for delivering a result."""

        def delivered(result: Outcome[Any]) -> None:
            packed = packing.pack(result) if self._tape.on else None
            if self._ident() in self._callers:  # its calls into the run need the real thread
                self._callers.discard(self._ident())
                packed = None

            def noted() -> None:
                if not self._tape.on or not self._tape.has_room(len(packed or b"")):
                    return
                self._tape.threads.append(ThreadResult(self._words(), number, packed))
                if packed is None:
                    self._misses.miss(touch)

            deliver(_Coming(result, noted))

        return delivered

    # -- in a replay -------------------------------------------------------------------

    def deliver_until(self, steps: int) -> bool:
        """Deliver what had come after so many steps; return whether something is under way."""
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
        """Start the threads that calls still wait for, because the tape has ended."""
        waiting, self._waiting = self._waiting, {}
        for original, fn, deliver, name in waiting.values():
            original(fn, deliver, name)
