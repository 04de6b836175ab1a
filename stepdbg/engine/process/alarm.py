"""The program's alarm while its time stands still.

Owns: putting the process's ITIMER_REAL aside and back.
Does not own: when time stands still (stopping.still), or what the program does at SIGALRM.

The alarm is not switched off but moved years away: so it can be told afterwards whether somebody
has set or cancelled it meanwhile, code typed at a prompt for one.  Then it stays as it was set.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.standard import _thread, signal, time

_YEARS = 9e7
"""Seconds; macOS takes no more than 1e8."""

_OURS = 6e7
"""An alarm that was put aside has more than this left, unless the stop lasts for a year."""

_SOON = 1e-4
"""Seconds.  An alarm that is due sooner is waited for."""

_TICK = 1e-6
"""Seconds: the least that can be set."""


class _Aside:
    """The alarm of the process, put aside as long as anybody holds time still.

    Several threads may hold time still at once.  A signal handler of the program can raise between
    any two instructions here.  So what must not be half done is one call into C: Python looks for
    signals when such a call is over.
    """

    def __init__(self) -> None:
        # A signal handler may also stop, in the middle of all this.
        self._changing = _thread.RLock()
        self._holders: set[object] = set()
        self._before: tuple[float, float] | None = None

    def enter(self, holder: object, late: float) -> None:
        """Put it aside.

        Args:
            holder: who holds time still.
            late: the seconds for which time has been standing still already.
        """
        with self._changing:
            if not self._holders:
                self._before = _put_aside(late)
            self._holders.add(holder)

    def leave(self, holder: object) -> None:
        """Put it back, unless somebody has set another one, or nobody had one.

        Args:
            holder: as given to `enter`; nothing happens for one that does not hold.
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
    """Returns: what is to be put back, None where no alarm runs any more."""
    began = time.perf_counter()
    due, interval = _when_not_too_soon()
    if not due:
        return None
    try:
        left, interval = signal.setitimer(signal.ITIMER_REAL, _YEARS)
        if left or interval:
            return max(left, _TICK) + late, interval
        signal.setitimer(signal.ITIMER_REAL, 0)  # it has gone off this very moment
    except BaseException:  # of a handler: that of this alarm, if it was due, or of another signal
        due -= time.perf_counter() - began
        signal.setitimer(signal.ITIMER_REAL, due if due > 0 else interval, interval)
        raise
    return None


def _when_not_too_soon() -> tuple[float, float]:
    """The alarm as it runs, once it does not go off the next moment.

    The kernel tells the time left in whole microseconds, cut off.  So an alarm with less than one
    left looks as if it had gone off, and putting it aside then would lose it.
    """
    due, interval = signal.getitimer(signal.ITIMER_REAL)
    while 0 < due < _SOON:
        before = due
        due, interval = signal.getitimer(signal.ITIMER_REAL)
        if due > before:  # the next one, which may come as soon
            break
    return due, interval


_aside = _Aside()


def _nothing(_holder: object, _late: float = 0.0) -> None:
    """The system has no such alarm."""


def _none(_which: int) -> tuple[float, float]:
    """The same, of the time that is left."""
    return 0.0, 0.0


# Methods at once: every stop calls these.
_HAS_ALARMS = hasattr(signal, "setitimer")
REAL: int = getattr(signal, "ITIMER_REAL", 0)
time_left: Callable[[int], tuple[float, float]] = signal.getitimer if _HAS_ALARMS else _none
"""The seconds until the alarm `REAL` goes off and its interval; 0 where none runs: then there is
nothing to put aside."""
put_aside: Callable[[object, float], None] = _aside.enter if _HAS_ALARMS else _nothing
"""Lets the program's alarm stand still, in any thread; takes who does it, and the seconds for which
time has been standing still already."""
put_back: Callable[[object], None] = _aside.leave if _HAS_ALARMS else _nothing
"""Ends the `put_aside` of one that does it; the last one puts the alarm back."""
