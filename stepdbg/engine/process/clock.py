"""Program time that stands still while a run is held.

Owns: `HeldClock` (in the place of Trio's SystemClock) and `hold_clock` for any clock.
Does not own: deciding when to hold (stopping.held).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

# The function as Trio's module has it: a tool that freezes time there freezes it here as well.
from time import perf_counter

import trio

from stepdbg._trio_internals.runs import MockClock, set_back, system_clock
from stepdbg.model.errors import NotNow
from stepdbg.model.standard import math, weakref

_HOUR = 3600.0
"""Seconds.  stepdbg never takes that long before it makes time stand still."""


class HeldClock(trio.abc.Clock):
    """Trio's SystemClock, with the pauses taken out.

    While it is held, `current_time()` is constant: a deadline must neither pass nor come nearer
    while the user is thinking.  SystemClock is final and frozen, so this class replaces it.  It
    starts from the same offset, so that Trio's random numbers stay the same.  Reading the time
    costs as much as with SystemClock: a hold swaps the object's class, so code that runs has
    nothing to test. (A method in the object's dictionary would make it slower for good, even after
    its removal.  CPython keeps the name among those that objects of the class may have, and then
    looks it up again at each call: specialize.c, SPEC_FAIL_ATTR_SHADOWED.  That takes 1 µs in each
    pass.)

    Args:
        offset: what to add to `perf_counter` (seconds), as in SystemClock.
    """

    __slots__ = (
        "__weakref__",
        "_held",
        "_offset",
        "_speed",
        "before_sleep",
        "when_idle",
        "when_standing",
    )

    def __init__(self, offset: float) -> None:
        self._offset = offset
        self._held: list[float] = []
        self._speed = 1.0
        self.when_idle: Callable[[], bool] | None = None
        self.before_sleep: Callable[[], None] | None = None
        self.when_standing: Callable[[], float | None] | None = None

    def start_clock(self) -> None:
        """Does nothing: like SystemClock, it always runs."""

    def current_time(self) -> float:
        """The program's time in seconds, from an arbitrary beginning."""
        return self._offset + perf_counter()

    def at(self, real: float) -> float:
        """The time at a moment of `perf_counter` since the last hold; else the present time."""
        return self.current_time() if self._held else self._offset + real * self._speed

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """How long Trio may sleep until `deadline`, in real seconds.

        Trio asks only when nothing is runnable.  If there is no deadline, this calls `when_idle`,
        which looks at the run and says whether something has become runnable.  It always calls
        `before_sleep`.
        """
        if self.before_sleep is not None:
            self.before_sleep()
        if self.when_idle is not None and deadline == math.inf and self.when_idle():
            return 0.0
        return (deadline - self.current_time()) / self._speed

    @property
    def offset(self) -> float:
        """What to add to `perf_counter` to get the present time, as in SystemClock."""
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
        """Move program time forward by some seconds, even while it is held."""
        now = self.current_time() + seconds
        self._held = [held + seconds for held in self._held]
        self._go_on_from(now)

    def _go_on_from(self, now: float) -> None:
        self._offset = now - perf_counter() * self._speed
        if not self._held:
            self.__class__ = HeldClock if self._speed == 1 else _ScaledClock

    def __enter__(self) -> None:
        """Stop the time; holds nest."""
        now = self.current_time()
        # No call from here on: Python looks for signals after a call, and if a handler raised
        # there, the clock would stay held for ever.
        self._held = [*self._held, now]
        self.__class__ = _StandingClock

    def turn_back(self, seconds: float) -> None:
        """Take this many real seconds back, unless the clock stands still."""
        if not self._held:
            self._go_on_from(self.current_time() - seconds * self._speed)

    def __exit__(self, *_: object) -> None:
        """Undo one hold; after the last one, time goes on from where it stood."""
        held = self._held.pop()
        if not self._held:
            self._go_on_from(held)

    @contextmanager
    def let_run(self) -> Iterator[None]:
        """Let time go on in the block, however often it is held."""
        depth = len(self._held)
        for _ in range(depth):
            self.__exit__()
        try:
            yield
        finally:
            for _ in range(depth):
                self.__enter__()


class _StandingClock(HeldClock):
    """A `HeldClock` while it is held."""

    __slots__ = ()

    def current_time(self) -> float:
        """The time at which it was held, plus the jumps since."""
        if not self._held:  # a signal handler raised in the middle of `__exit__`
            now = self._offset + perf_counter() * self._speed
            self._go_on_from(now)
            return now
        return self._held[-1]

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """How long Trio may sleep, in real seconds; `when_standing` may decide that."""
        seconds = None if self.when_standing is None else self.when_standing()
        # Time may go on after that call; then this object's class is another one.
        if seconds is None or deadline == math.inf:
            natural = HeldClock.deadline_to_sleep_time(self, deadline)
            return natural if seconds is None or natural == 0.0 else seconds
        if self.before_sleep is not None:
            self.before_sleep()
        return seconds


class _ScaledClock(HeldClock):
    """A `HeldClock` that runs at another speed than 1."""

    __slots__ = ()

    def current_time(self) -> float:
        """The program's time in seconds, from an arbitrary beginning."""
        return self._offset + perf_counter() * self._speed


def stand_in_for(clock: trio.abc.Clock) -> HeldClock | None:
    """A `HeldClock` that goes on from a SystemClock; None for any other clock.

    A clock that the program has chosen is not replaced.
    """
    offset = getattr(clock, "offset", None)
    if type(clock).__name__ == "SystemClock" and isinstance(offset, float):
        return HeldClock(offset)
    return None


class _Changed:
    """What stepdbg has done to a MockClock, whose object has no place for it.

    rate: its rate after the hold; None while it is not held.
    own_rate: its rate before `set_speed`; None if that was never called.
    ours: whether `virtual_clock` made it.
    """

    __slots__ = ("ours", "own_rate", "rate")

    def __init__(self, *, ours: bool = False) -> None:
        self.rate: float | None = None
        self.own_rate: float | None = None
        self.ours = ours


_changed: weakref.WeakKeyDictionary[MockClock, _Changed] = weakref.WeakKeyDictionary()
"""For each living clock; runs of several sessions may share one."""


def _change_of(clock: MockClock) -> _Changed:
    return _changed.setdefault(clock, _Changed())


@contextmanager
def _mock_held(clock: MockClock) -> Iterator[None]:
    # A MockClock moves by itself if it has a rate; jumps and autojump happen only while Trio runs.
    change = _change_of(clock)
    if change.rate is not None:
        yield
        return
    change.rate, clock.rate = clock.rate, 0
    try:
        yield
    finally:
        if clock.rate == 0:  # else code typed at the prompt has set another one
            clock.rate = change.rate
        change.rate = None


@contextmanager
def let_run(clock: trio.abc.Clock) -> Iterator[None]:
    """Let a held clock go on in the block."""
    if isinstance(clock, HeldClock):
        with clock.let_run():
            yield
    elif isinstance(clock, MockClock) and (change := _change_of(clock)).rate is not None:
        clock.rate, change.rate = change.rate, None
        try:
            yield
        finally:
            change.rate, clock.rate = clock.rate, 0
    else:
        yield


@contextmanager
def _not_held() -> Iterator[None]:
    yield


def hold_clock(clock: trio.abc.Clock, late: float = 0.0) -> AbstractContextManager[None]:
    """A context in which a run's clock stands still.

    If the program has its own clock, and it is not a MockClock, it cannot be held; it runs on.

    Args:
        late: the real seconds for which it should have stood still already.
    """
    if late:
        turn_back(clock, late)
    if isinstance(clock, HeldClock):
        return clock
    if isinstance(clock, MockClock):
        return _mock_held(clock)
    return _not_held()


def turn_back(clock: trio.abc.Clock, seconds: float) -> None:
    """Take this many real seconds back, on any kind of clock that follows real time.

    That may be Trio's own clock, if a run is only looked at and not debugged.
    """
    if isinstance(clock, HeldClock):
        clock.turn_back(seconds)
    elif not isinstance(clock, MockClock) or _change_of(clock).rate is None:
        set_back(clock, seconds)


def move(clock: trio.abc.Clock, seconds: float) -> None:
    """Move a clock forward, held or not.

    Raises:
        NotNow: it is a clock of the program that cannot be moved.
    """
    if not isinstance(clock, HeldClock | MockClock):
        raise NotNow(f"the program's own clock ({type(clock).__name__}) cannot be moved")
    clock.jump(seconds)


def speed_of(clock: trio.abc.Clock) -> float:
    """Program seconds for each real second, once the run goes on."""
    if isinstance(clock, MockClock):
        held = _change_of(clock).rate
        return clock.rate if held is None else held
    return clock.speed if isinstance(clock, HeldClock) else 1.0


def set_speed(clock: trio.abc.Clock, speed: float) -> None:
    """Let program time run slower or faster once the run goes on.

    Raises:
        NotNow: it is a clock of the program that cannot be changed.
    """
    if isinstance(clock, HeldClock):
        clock.speed = speed
    elif isinstance(clock, MockClock):
        change = _change_of(clock)
        if change.own_rate is None:
            change.own_rate = speed_of(clock)
        _set_rate(clock, speed)
    else:
        raise NotNow(f"the program's own clock ({type(clock).__name__}) has its own speed")


def _set_rate(clock: MockClock, rate: float) -> None:
    change = _change_of(clock)
    if change.rate is None:
        clock.rate = rate
    else:
        change.rate = rate


def virtual_clock() -> MockClock:
    """A clock that jumps when every task is blocked; it belongs to stepdbg, not to the program."""
    clock = MockClock(autojump_threshold=0)
    _changed[clock] = _Changed(ours=True)
    return clock


def kind_of(clock: trio.abc.Clock) -> str:
    """``system``, Trio's clock; ``virtual``, one of `virtual_clock`; ``own``, the program's."""
    if isinstance(clock, HeldClock):
        return "system"
    is_ours = isinstance(clock, MockClock) and clock in _changed and _changed[clock].ours
    return "virtual" if is_ours else "own"


def given_back(clock: trio.abc.Clock) -> trio.abc.Clock:
    """The clock for a run that goes on without the debugger, from the same time.

    It is never one of stepdbg's clocks, and a clock of the program gets its own rate back.
    """
    if isinstance(clock, HeldClock):
        return system_clock(clock.offset)
    if isinstance(clock, MockClock):
        change = _change_of(clock)
        if change.ours:
            return system_clock(clock.current_time() - perf_counter())
        if change.own_rate is not None:
            _set_rate(clock, change.own_rate)
            change.own_rate = None
    return clock


def can_be_held(clock: trio.abc.Clock) -> bool:
    """Whether `hold_clock` has an effect on this clock."""
    return isinstance(clock, HeldClock | MockClock)


def seconds_since(since: float, now: float) -> float:
    """How long ago a moment was; 0 if a test has frozen the time, or made it jump."""
    seconds = now - since
    return seconds if 0 <= seconds < _HOUR else 0.0
