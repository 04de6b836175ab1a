"""The program's alarm while its time stands still.

Owns: putting the process's ITIMER_REAL aside and back.
Does not own: when time stands still (stopping.still), or what the program does at SIGALRM.

The alarm is not switched off but moved years away: so it can be told afterwards whether somebody
has set or cancelled it meanwhile, code typed at a prompt for one.  Then it stays as it was set.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.standard import _thread, signal

_YEARS = 9e7
"""Seconds; macOS takes no more than 1e8."""

_OURS = 6e7
"""Whoever is held for less than a year finds more than this on an alarm that was put aside."""


class _Aside:
    """The alarm of the process, put aside as long as anybody is in the block.

    Several threads may hold time still at once.
    """

    def __init__(self) -> None:
        # A signal handler may stop, too, in the midst of all this.
        self._changing = _thread.RLock()
        self._holders = 0
        self._before: tuple[float, float] | None = None

    def enter(self, late: float) -> None:
        """Put it aside.

        Args:
            late: the seconds for which time has been standing still already.
        """
        with self._changing:
            self._holders += 1
            if self._holders == 1 and signal.getitimer(signal.ITIMER_REAL)[0]:
                self._before = _put_aside(late)

    def leave(self) -> None:
        """Put it back, unless somebody has set another one, or nobody had one."""
        with self._changing:
            self._holders -= 1
            if self._holders or self._before is None:
                return
            before, self._before = self._before, None
            if signal.getitimer(signal.ITIMER_REAL)[0] > _OURS:
                signal.setitimer(signal.ITIMER_REAL, *before)


def _put_aside(late: float) -> tuple[float, float] | None:
    """Returns: what is to be put back, None where no alarm runs any more."""
    left, interval = signal.setitimer(signal.ITIMER_REAL, _YEARS)
    if not left:  # it has gone off this very moment, and had no interval
        signal.setitimer(signal.ITIMER_REAL, 0)
        return None
    return left + late, interval


_aside = _Aside()


def _nothing(_late: float = 0.0) -> None:
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
put_aside: Callable[[float], None] = _aside.enter if _HAS_ALARMS else _nothing
"""Lets the program's alarm stand still, in any thread; takes the seconds for which time has been
standing still already."""
put_back: Callable[[], None] = _aside.leave if _HAS_ALARMS else _nothing
"""Ends one `put_aside`; the last one puts the alarm back."""
