"""Hearing of functions that begin by `sys.monitoring` (Python 3.12 and later).

Owns: a tool id of its own, and PY_START of the code objects concerned.
Does not own: what 3.11 does (starts), other events (monitoring).

It does not use the id of line events, because these come and go with breakpoints.  Also, if
a tool has an event on globally, setting it for single code objects has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType, FrameType

from stepdbg.model.depth import missed
from stepdbg.model.standard import sys

from .monitoring import UNLIKELY_IDS, claim, lend, release
from .signals import guarded_from_entry, take_off_our_part

assert sys.version_info >= (3, 12)

_monitoring = sys.monitoring
_PY_START = _monitoring.events.PY_START

TOOL = "stepdbg histories"


class MonitoredStarts:
    """Tells of each start of some code, until `close`.

    Args:
        codes: whose starts.
        on_start: called with each frame of some code, until it returns True for one; the only
            exception of its own that it may raise is a RecursionError.
        hearing: what this does, as a participle ("hearing of a call"), for the log of what was
            missed.

    Raises `LinesUnavailable` when other tools hold every id.
    """

    def __init__(
        self, codes: Iterable[CodeType], on_start: Callable[[FrameType], bool | None], hearing: str
    ) -> None:
        self._codes = list(codes)
        self._told_enough: list[CodeType] = []
        self._tool = claim(TOOL, UNLIKELY_IDS)
        self._lend_no_more = lend(self.close)

        @guarded_from_entry
        def started(_code: CodeType, _offset: int) -> object:
            try:
                frame = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
                if not on_start(frame):
                    return None
                self._told_enough.append(frame.f_code)
                return _monitoring.DISABLE
            except RecursionError:  # the program has hardly a frame left
                missed.append(hearing)
                return None
            except BaseException as error:
                take_off_our_part(error)
                raise

        _monitoring.register_callback(self._tool, _PY_START, started)
        for code in self._codes:
            _monitoring.set_local_events(self._tool, code, _PY_START)

    @property
    def on(self) -> bool:
        """Whether this still has its id: line events take it if there is no other."""
        return self._tool >= 0

    def again(self) -> None:
        """Report starts of all the code again, even if `on_start` has returned True for some."""
        while self._told_enough and self._tool >= 0:
            code = self._told_enough.pop()
            _monitoring.set_local_events(self._tool, code, 0)
            _monitoring.set_local_events(self._tool, code, _PY_START)

    def close(self) -> None:
        """Tell of no more starts, and give the id back; may be called twice."""
        if self._tool < 0:
            return
        self._lend_no_more()
        for code in self._codes:
            _monitoring.set_local_events(self._tool, code, 0)
        release(self._tool, {_PY_START})
        self._tool = -1
