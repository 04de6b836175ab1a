"""The program's alarm while its time stands still.

Owns: putting the process's ITIMER_REAL aside and back.
Does not own: when time stands still (stopping.still), or what the program does at SIGALRM.

The alarm is not switched off but moved years away.  That shows afterwards whether some code, such
as code typed at a prompt, has set or cancelled it meanwhile.  If so, it stays as that code has set
it.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.standard import _thread, signal, time

_YEARS = 9e7
"""Seconds; macOS takes no more than 1e8."""

_OURS = 6e7
"""Seconds.  An alarm put aside has more than this left, unless a stop lasts for a year."""

_SOON = 1e-4
"""Seconds.  If an alarm is due sooner, stepdbg waits for it."""

_TICK = 1e-6
"""Seconds: the shortest time that can be set."""


class _Aside:
    """The alarm of the process, put aside as long as any thread holds time still.

    Several threads may hold time still at once.  A signal handler of the program can raise between
    any two instructions here.  So everything that must not be half done is a single call into C:
    Python looks for signals only after such a call.
    """

    def __init__(self) -> None:
        # A signal handler may also stop in the middle of all this.
        self._changing = _thread.RLock()
        self._holders: set[object] = set()
        self._before: tuple[float, float] | None = None

    def enter(self, holder: object, late: float) -> None:
        """Put it aside.

        Args:
            holder: the object that holds time still.
            late: the seconds for which time has been standing still already.
        """
        with self._changing:
            if not self._holders:
                self._before = _put_aside(late)
            self._holders.add(holder)

    def leave(self, holder: object) -> None:
        """Put it back, unless there was none or some code has set another one.

        Args:
            holder: as given to `enter`; nothing happens if it does not hold time still.
        """
        with self._changing:
            if holder not in self._holders:
                return
            self._holders.remove(holder)
            if self._holders or self._before is None:
                return
            before, self._before = self._before, None
            found = signal.setitimer(signal.ITIMER_REAL, *before)
            if found[0] <= _OURS:
                signal.setitimer(signal.ITIMER_REAL, *found)


def _put_aside(late: float) -> tuple[float, float] | None:
    """Put the alarm aside; returns its settings for later, or None if no alarm runs any more."""
    began = time.perf_counter()
    due, interval = _when_not_too_soon()
    if not due:
        return None
    try:
        left, interval = signal.setitimer(signal.ITIMER_REAL, _YEARS)
        if left or interval:
            return max(left, _TICK) + late, interval
        signal.setitimer(signal.ITIMER_REAL, 0)  # it has gone off just now
    except BaseException:  # from a handler: of this alarm, if it was due, or of another signal
        due -= time.perf_counter() - began
        signal.setitimer(signal.ITIMER_REAL, due if due > 0 else interval, interval)
        raise
    return None


def _when_not_too_soon() -> tuple[float, float]:
    """The alarm's settings, as soon as it is not about to go off.

    The kernel reports the time left in whole microseconds, rounded down.  So an alarm with less
    than one microsecond left looks as if it had gone off, and putting it aside then would lose it.
    """
    due, interval = signal.getitimer(signal.ITIMER_REAL)
    while 0 < due < _SOON:
        before = due
        due, interval = signal.getitimer(signal.ITIMER_REAL)
        if due > before:  # it repeats, and may be due again as soon
            break
    return due, interval


_aside = _Aside()


def _nothing(_holder: object, _late: float = 0.0) -> None:
    """Does nothing, on a system without such an alarm."""


def _none(_which: int) -> tuple[float, float]:
    """No time left and no interval, on a system without such an alarm."""
    return 0.0, 0.0


# Bound methods, looked up once, because every stop calls these.
_HAS_ALARMS = hasattr(signal, "setitimer")
REAL: int = getattr(signal, "ITIMER_REAL", 0)
time_left: Callable[[int], tuple[float, float]] = signal.getitimer if _HAS_ALARMS else _none
"""The seconds until the alarm `REAL` goes off, and its interval; 0 if no alarm runs: then there is
nothing to put aside.
"""
put_aside: Callable[[object, float], None] = _aside.enter if _HAS_ALARMS else _nothing
"""Makes the program's alarm stand still, from any thread.  Its arguments are the object that holds
time still, and the seconds for which time has been standing still already.
"""
put_back: Callable[[object], None] = _aside.leave if _HAS_ALARMS else _nothing
"""Ends one holder's `put_aside`; the last holder puts the alarm back."""
