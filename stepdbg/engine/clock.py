"""Program time that stands still while a run is held.

Owns: `HeldClock` (in the place of Trio's SystemClock) and `hold_clock` for any clock.
Does not own: deciding when to hold (run).
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter

import trio

from stepdbg._trio_internals.runs import MockClock, system_clock
from stepdbg.model.errors import NotNow


class HeldClock(trio.abc.Clock):
    """Trio's SystemClock, with the pauses taken out.

    While it is held, `current_time()` is constant: a deadline must neither pass nor come
    nearer while its user is thinking.  SystemClock is final and frozen, so this stands in its
    place and starts from its offset, which keeps Trio's random numbers in step.  Time costs
    what it costs there: holding swaps the class, so that running code tests nothing.  A method
    in the object's dictionary would be slower for good, even when it has gone again: CPython
    keeps the name among those that objects of the class may have, and then looks for it anew
    at each call (specialize.c, SPEC_FAIL_ATTR_SHADOWED), 1 µs of each pass.

    Args:
        offset: what to add to `perf_counter` (seconds), as in SystemClock.
    """

    __slots__ = ("__weakref__", "_held", "_offset", "_speed", "before_sleep", "when_idle")

    def __init__(self, offset: float) -> None:
        self._offset = offset
        self._held: list[float] = []
        self._speed = 1.0
        self.when_idle: Callable[[], bool] | None = None
        self.before_sleep: Callable[[], None] | None = None

    def start_clock(self) -> None:
        """Nothing to do: like SystemClock, it always runs."""

    def current_time(self) -> float:
        """The program's time in seconds, from an arbitrary beginning."""
        return self._offset + perf_counter()

    def at(self, real: float) -> float:
        """The time at a moment of `perf_counter` since it was held last; else the present one."""
        return self.current_time() if self._held else self._offset + real * self._speed

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """How long Trio may sleep until `deadline`, in real seconds.

        Trio asks only when nothing is runnable.  Without a deadline that is when `when_idle`
        gets its chance to look; it tells whether something has become runnable.  `before_sleep`
        is called in any case.
        """
        if self.before_sleep is not None:
            self.before_sleep()
        if self.when_idle is not None and deadline == math.inf and self.when_idle():
            return 0.0
        return (deadline - self.current_time()) / self._speed

    @property
    def offset(self) -> float:
        """What to add to `perf_counter` for the present time, as in SystemClock."""
        return self.current_time() - perf_counter()

    @property
    def speed(self) -> float:
        """Program seconds in a real one."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        now = self.current_time()
        self._speed = speed
        self._go_on_from(now)

    def jump(self, seconds: float) -> None:
        """Move forward."""
        now = self.current_time() + seconds
        self._held = [held + seconds for held in self._held]
        self._go_on_from(now)

    def _go_on_from(self, now: float) -> None:
        self._offset = now - perf_counter() * self._speed
        if not self._held:
            self.__class__ = HeldClock if self._speed == 1 else _ScaledClock

    def hold(self) -> None:
        """Stop the time; holds nest."""
        self._held.append(self.current_time())
        self.__class__ = _StandingClock

    def release(self) -> None:
        """Undo one `hold`; at the last one time goes on from where it stood."""
        held = self._held.pop()
        if not self._held:
            self._go_on_from(held)

    @contextmanager
    def let_run(self) -> Iterator[None]:
        """Let time go on in the block, however often it is held."""
        depth = len(self._held)
        for _ in range(depth):
            self.release()
        try:
            yield
        finally:
            for _ in range(depth):
                self.hold()


class _StandingClock(HeldClock):
    """One that is being held."""

    __slots__ = ()

    def current_time(self) -> float:
        """The moment at which it was held, and jumps since."""
        return self._held[-1]


class _ScaledClock(HeldClock):
    """One that runs at another speed than 1."""

    __slots__ = ()

    def current_time(self) -> float:
        """The program's time in seconds, from an arbitrary beginning."""
        return self._offset + perf_counter() * self._speed


def stand_in_for(clock: trio.abc.Clock) -> HeldClock | None:
    """A `HeldClock` that goes on from a SystemClock; None for any other clock.

    A clock that the program brought stays what it is.
    """
    offset = getattr(clock, "offset", None)
    if type(clock).__name__ == "SystemClock" and isinstance(offset, float):
        return HeldClock(offset)
    return None


class _Hold:
    """Holds a clock in its block.  A class, since every stop enters it and a generator is slow."""

    def __init__(self, clock: HeldClock) -> None:
        self._clock = clock

    def __enter__(self) -> None:
        self._clock.hold()

    def __exit__(self, *_: object) -> None:
        self._clock.release()


_rates: weakref.WeakKeyDictionary[MockClock, float] = weakref.WeakKeyDictionary()
"""The rates of the clocks that are held."""

_own_rates: weakref.WeakKeyDictionary[MockClock, float] = weakref.WeakKeyDictionary()
"""The rates that clocks of the program's had before `set_speed`."""

_virtual: weakref.WeakSet[MockClock] = weakref.WeakSet()
"""The clocks of `virtual_clock`."""


@contextmanager
def _mock_held(clock: MockClock) -> Iterator[None]:
    # With a rate a MockClock moves by itself; jumps and autojump happen only while Trio runs.
    if clock in _rates:
        yield
        return
    _rates[clock] = clock.rate
    clock.rate = 0
    try:
        yield
    finally:
        rate = _rates.pop(clock)
        if clock.rate == 0:  # the program's code may have set another one at the prompt
            clock.rate = rate


@contextmanager
def let_run(clock: trio.abc.Clock) -> Iterator[None]:
    """Let a held clock go on in the block."""
    if isinstance(clock, HeldClock):
        with clock.let_run():
            yield
    elif isinstance(clock, MockClock) and clock in _rates:
        clock.rate = _rates.pop(clock)
        try:
            yield
        finally:
            _rates[clock], clock.rate = clock.rate, 0
    else:
        yield


@contextmanager
def _not_held() -> Iterator[None]:
    yield


def hold_clock(clock: trio.abc.Clock) -> AbstractContextManager[None]:
    """A context in which a run's clock stands still.

    A clock of the program's own that is no MockClock cannot be held; it runs on.
    """
    if isinstance(clock, HeldClock):
        return _Hold(clock)
    if isinstance(clock, MockClock):
        return _mock_held(clock)
    return _not_held()


def move(clock: trio.abc.Clock, seconds: float) -> None:
    """Move a clock forward, held or not.

    Raises:
        NotNow: it is one of the program's own that cannot be moved.
    """
    if not isinstance(clock, HeldClock | MockClock):
        raise NotNow(f"the program's own clock ({type(clock).__name__}) cannot be moved")
    clock.jump(seconds)


def speed_of(clock: trio.abc.Clock) -> float:
    """Program seconds in a real one, once the run goes on."""
    if isinstance(clock, MockClock):
        return _rates.get(clock, clock.rate)
    return clock.speed if isinstance(clock, HeldClock) else 1.0


def set_speed(clock: trio.abc.Clock, speed: float) -> None:
    """Let program time run slower or faster once the run goes on.

    Raises:
        NotNow: it is a clock of the program's own that cannot be changed.
    """
    if isinstance(clock, HeldClock):
        clock.speed = speed
    elif isinstance(clock, MockClock):
        _own_rates.setdefault(clock, speed_of(clock))
        _set_rate(clock, speed)
    else:
        raise NotNow(f"the program's own clock ({type(clock).__name__}) has its own speed")


def _set_rate(clock: MockClock, rate: float) -> None:
    if clock in _rates:
        _rates[clock] = rate
    else:
        clock.rate = rate


def virtual_clock() -> MockClock:
    """A clock that jumps when every task is blocked; it belongs to us, not to the program."""
    clock = MockClock(autojump_threshold=0)
    _virtual.add(clock)
    return clock


def given_back(clock: trio.abc.Clock) -> trio.abc.Clock:
    """What a run's clock is when the debugger has left: it goes on from the same time.

    It is none of ours, and a clock of the program's has its own rate again.
    """
    if isinstance(clock, HeldClock):
        return system_clock(clock.offset)
    if isinstance(clock, MockClock) and clock in _virtual:
        return system_clock(clock.current_time() - perf_counter())
    if isinstance(clock, MockClock) and clock in _own_rates:
        _set_rate(clock, _own_rates.pop(clock))
    return clock


def can_be_held(clock: trio.abc.Clock) -> bool:
    """Whether `hold_clock` has an effect on this clock."""
    return isinstance(clock, HeldClock | MockClock)
