"""Line events from `sys.monitoring` (Python 3.12 and later).

Owns: two tool ids, the events of the code objects concerned, and the call-backs.
Does not own: who wants what and why (the sink), other tools' ids and events.

How it stays free of cost: events are set on the code objects concerned alone, and every
place of them that nobody asked for is answered with DISABLE, which takes the event out
of the code until we put it back.  What shaped this module (all of it tried, see tests):

- A place answered with DISABLE comes back by taking our events off the code object and
  putting them on again.  `sys.monitoring.restart_events` would wake other tools' places.
  (Code that gets its second tool wakes the first one's places once: CPython makes the
  tables that tell tools apart only then.)
- That toggle does nothing for an event that is also on globally: hence the discovery of
  code objects (global PY_START, always DISABLE) has a tool id of its own, and
  `watch_calls` (global PY_START and PY_RESUME) is switched off while code objects are toggled.
- LINE never comes for a one-line ``def`` or ``lambda`` on 3.13 unless PY_START is on as
  well, *and is not answered with DISABLE*.
- LINE comes when a line is entered from another line; a loop that stays on its line
  (``while busy(): pass``) is only seen by JUMP, as `sys.settrace` itself does it.
- PY_UNWIND, PY_THROW and RAISE exist only globally: on while something is followed.
- Code objects are kept by ``id``, with a reference so that the id stays theirs.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Iterable
from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR
from types import CodeType, FrameType
from typing import Any

from .bytecode import comprehensions, line_at, silent_ranges
from .interface import LineSink, LinesUnavailable, Traveller, is_new_here

assert sys.version_info >= (3, 12)

_monitoring = sys.monitoring
_events = _monitoring.events
_DISABLE = _monitoring.DISABLE
_getframe: Callable[[int], FrameType] = sys._getframe  # noqa: SLF001 -- the documented way to a frame

TOOL = "stepdbg"
DISCOVERY_TOOL = "stepdbg discovery"
_TOOL_IDS = (_monitoring.DEBUGGER_ID, 3, 4, 5)  # 1 and 2 are for coverage and profilers
_DISCOVERY_IDS = (4, 3, 5)

_BREAK = _events.LINE | _events.PY_START | _events.JUMP
_FOLLOW = _BREAK | _events.PY_RESUME | _events.PY_YIELD | _events.PY_RETURN
_FOLLOW_GLOBALLY = _events.PY_UNWIND | _events.PY_THROW
_CALLS = _events.PY_START | _events.PY_RESUME
_TRAVEL = _events.RAISE | _events.EXCEPTION_HANDLED
_GENERATORS = CO_GENERATOR | CO_ASYNC_GENERATOR

_Lines = dict[int, set[str]]
"""Lines, each with names of tasks that pass there untold."""
_MOST_NAMES = 10_000
"""A program may make up names without end."""


class MonitoringEvents:
    """`LineEvents` by `sys.monitoring`."""

    def __init__(self, sink: LineSink, here: object = None) -> None:
        self._travellers = _Travellers(self._set_globals)
        self._reports = _Reports(sink, here, self._travellers)
        # Re-entrant: a finalizer of the program, run in here by chance, may meet a stop.
        self._lock = threading.RLock()
        self._codes: dict[int, CodeType] = {}  # everything planted, to keep ids valid
        self._discovery: int | None = None
        self._tool = _claim(TOOL, _TOOL_IDS)
        for event, callback in self._reports.callbacks().items():
            _monitoring.register_callback(self._tool, event, callback)

    # -- what is asked for ------------------------------------------------------------

    def break_lines(self, code: CodeType, lines: Collection[int]) -> None:
        """See `LineEvents.break_lines`."""
        with self._lock:
            key, before = id(code), self._reports.breaks.get(id(code), {})
            wanted: _Lines = {line: set() for line in lines}
            self._reports.breaks[key] = wanted
            if not wanted:
                del self._reports.breaks[key]
            if before.keys() != wanted.keys():
                self._plant([code])

    def follow(self, codes: Iterable[CodeType]) -> None:
        """See `LineEvents.follow`."""
        with self._lock:
            wanted = {id(code): code for code in codes}
            if wanted.keys() == self._reports.followed.keys():  # as at `next` after `next`
                return
            fresh = [code for key, code in wanted.items() if key not in self._reports.followed]
            dropped = [self._codes[key] for key in self._reports.followed if key not in wanted]
            ranges = {id(code): silent_ranges(code) for code in fresh}
            self._reports.followed = {
                key: ranges.get(key) or self._reports.followed.get(key, ()) for key in wanted
            }
            self._plant(fresh)
            self._plant(dropped)
            self._set_globals()

    def watch_calls(self, wanted: Callable[[CodeType], bool] | None) -> None:
        """See `LineEvents.watch_calls`."""
        with self._lock:
            before, self._reports.wanted = self._reports.wanted, wanted
            if before is wanted is None:
                return
            if before is None and wanted is not None:
                # Their PY_START was answered with DISABLE, and being on already, it would
                # not come back by being on globally too.
                self._plant([self._codes[key] for key in self._reports.breaks])
            self._set_globals()

    def watch_raise(self, wanted: Callable[[CodeType], bool] | None) -> None:
        """See `LineEvents.watch_raise`."""
        with self._lock:
            self._reports.raising = wanted
            self._set_globals()

    def discover(self, found: Callable[[CodeType], None] | None) -> None:
        """See `LineEvents.discover`."""
        with self._lock:
            tool = self._discovery
            if found is None:
                if tool is not None:
                    _release(tool, {_events.PY_START})
                self._discovery = None
                return
            if tool is None:
                tool = self._discovery = _claim(DISCOVERY_TOOL, _DISCOVERY_IDS)

            def started(code: CodeType, _offset: int) -> object:
                found(code)
                return _DISABLE

            _monitoring.register_callback(tool, _events.PY_START, started)
            _monitoring.set_events(tool, _events.PY_START)

    def see_off(self, traveller: Traveller) -> None:
        """See `LineEvents.see_off`."""
        with self._lock:
            self._travellers.waiting.append(traveller)
            self._set_globals()

    def refresh(self) -> None:
        """Nothing to do: see `LineEvents.refresh`."""

    def close(self) -> None:
        """See `LineEvents.close`."""
        with self._lock:
            if self._tool < 0:
                return
            self.discover(None)
            for code in self._codes.values():
                _monitoring.set_local_events(self._tool, code, 0)
            self._codes, self._reports.breaks, self._reports.followed = {}, {}, {}
            _release(self._tool, set(self._reports.callbacks()))
            self._tool = -1

    # -- planting -----------------------------------------------------------------------

    def _plant(self, codes: Iterable[CodeType]) -> None:
        """Put our events on code objects anew, each place of theirs enabled again."""
        tool = self._tool
        everywhere = _monitoring.get_events(tool)
        if everywhere & _CALLS:
            _monitoring.set_events(tool, everywhere & ~_CALLS)
        for code in codes:
            key = id(code)
            events = self._reports.events(key)
            if events:
                self._codes[key] = code
            _monitoring.set_local_events(tool, code, 0)
            _monitoring.set_local_events(tool, code, events)
            if not events:
                self._codes.pop(key, None)
                self._reports.loops.pop(key, None)
        if everywhere & _CALLS:
            _monitoring.set_events(tool, everywhere)

    def _set_globals(self) -> None:
        events = _FOLLOW_GLOBALLY if self._reports.followed else 0
        if self._reports.wanted is not None:
            events |= _CALLS
        if self._reports.raising is not None:
            events |= _events.RAISE
        if self._travellers.waiting:
            events |= _TRAVEL
        # Each change makes every code object look at its events again when it next runs.
        if events != _monitoring.get_events(self._tool):
            _monitoring.set_events(self._tool, events)


class _Reports:
    """What is wanted, and the call-backs that tell it to the sink: the hot part.

    Each call-back runs on whatever thread the code runs, inside the code's frame.
    """

    def __init__(self, sink: LineSink, here: object, travellers: _Travellers) -> None:
        self.breaks: dict[int, _Lines] = {}
        self.followed: dict[int, tuple[tuple[int, int], ...]] = {}  # with its silent ranges
        self.wanted: Callable[[CodeType], bool] | None = None
        self.raising: Callable[[CodeType], bool] | None = None
        self.loops: dict[int, dict[int, int | None]] = {}  # code id, jump offset -> its line
        self._travellers = travellers
        self._sink = sink
        self._here: Any = here

    def events(self, key: int) -> int:
        """The local events that a code object needs."""
        if key in self.followed:
            return _FOLLOW
        return _BREAK if key in self.breaks else 0

    def callbacks(self) -> dict[int, Callable[..., object]]:
        """The call-back of each event."""
        return {
            _events.LINE: self._line,
            _events.JUMP: self._jump,
            _events.PY_START: self._start,
            _events.PY_RESUME: self._resume,
            _events.PY_THROW: self._throw,
            _events.PY_YIELD: self._yield,
            _events.PY_RETURN: self._return,
            _events.PY_UNWIND: self._unwind,
            _events.RAISE: self._raise,
            _events.EXCEPTION_HANDLED: self._travellers.handled,
        }

    def _line(self, code: CodeType, line: int) -> object:
        key = id(code)
        lines = self.breaks.get(key)
        passing = None if lines is None else lines.get(line)
        if passing is not None:
            # Names that are let pass here: a call of the sink takes three times as long.
            if passing and not self.followed:
                task = getattr(self._here, "task", None)
                if task is not None and task.name in passing:
                    return None
            name = self._sink.on_line(_getframe(1), line)
            if name is not None and len(passing) < _MOST_NAMES:
                passing.add(name)
            return None
        ranges = self.followed.get(key)
        if ranges is None:
            return _DISABLE
        frame = _getframe(1)
        if not ranges or not _inside(ranges, frame.f_lasti):
            self._sink.on_line(frame, line)
        return None

    def _jump(self, code: CodeType, offset: int, target: int) -> object:
        if target > offset:
            return _DISABLE
        line = self._loop_line(code, offset, target)
        key = id(code)
        if line is None or (key not in self.followed and line not in self.breaks.get(key, ())):
            return _DISABLE
        self._sink.on_line(_getframe(1), line)
        return None

    def _loop_line(self, code: CodeType, offset: int, target: int) -> int | None:
        """The line that a jump backwards stays on; None when it leaves it or is none of ours."""
        lines = self.loops.setdefault(id(code), {})
        if offset not in lines:
            line = line_at(code, offset)
            own = line == line_at(code, target) and not _inside(comprehensions(code), offset)
            lines[offset] = line if own else None
        return lines[offset]

    def _start(self, code: CodeType, _offset: int) -> object:
        key = id(code)
        wanted = self.wanted
        if key in self.followed or (wanted is not None and wanted(code)):
            self._sink.on_start(_getframe(1))
        elif wanted is None and code.co_firstlineno not in self.breaks.get(key, ()):
            return _DISABLE
        return None

    def _resume(self, code: CodeType, _offset: int) -> object:
        if id(code) in self.followed or self._goes_on(code):
            self._sink.on_resume(_getframe(1))
        elif self.wanted is None:
            return _DISABLE
        return None

    def _goes_on(self, code: CodeType) -> bool:
        """Whether a generator that goes on counts as called."""
        wanted = self.wanted
        return wanted is not None and bool(code.co_flags & _GENERATORS) and wanted(code)

    def _throw(self, code: CodeType, _offset: int, _error: BaseException) -> None:
        if id(code) in self.followed or self._goes_on(code):
            self._sink.on_resume(_getframe(1))

    def _yield(self, code: CodeType, _offset: int, value: object) -> object:
        if id(code) not in self.followed:
            return _DISABLE
        self._sink.on_yield(_getframe(1), value)
        return None

    def _return(self, code: CodeType, _offset: int, value: object) -> object:
        if id(code) not in self.followed:
            return _DISABLE
        self._sink.on_return(_getframe(1), value)
        return None

    def _unwind(self, code: CodeType, _offset: int, error: BaseException) -> None:
        if id(code) in self.followed:
            self._sink.on_unwind(_getframe(1), error)

    def _raise(self, _code: CodeType, _offset: int, error: BaseException) -> None:
        frame, wanted = _getframe(1), self.raising
        if self._travellers.waiting:
            self._travellers.seen(error, frame)
        # RAISE comes again in every caller, with one more entry in the traceback.
        if wanted is not None and is_new_here(error.__traceback__, frame, wanted):
            self._sink.on_raise(frame, error)


class _Travellers:
    """The exceptions of ours that are on their way into the program."""

    def __init__(self, arrived: Callable[[], None]) -> None:
        self.waiting: list[Traveller] = []
        self._arrived = arrived

    def handled(self, _code: CodeType, _offset: int, error: BaseException) -> None:
        """The call-back of EXCEPTION_HANDLED."""
        self.seen(error, _getframe(1))

    def seen(self, error: BaseException, frame: FrameType) -> None:
        """An exception is in a frame."""
        for each in list(self.waiting):
            if each.error is error and each.arrive(frame):
                self.waiting.remove(each)
                self._arrived()


def _inside(ranges: tuple[tuple[int, int], ...], offset: int) -> bool:
    return any(first <= offset <= last for first, last in ranges)


def _claim(name: str, candidates: tuple[int, ...]) -> int:
    """Take the first free tool id.  Raises `LinesUnavailable`."""
    for tool in candidates:
        if _monitoring.get_tool(tool) is None:
            _monitoring.use_tool_id(tool, name)
            return tool
    holders = ", ".join(sorted({str(_monitoring.get_tool(tool)) for tool in candidates}))
    raise LinesUnavailable(
        f"line events need a sys.monitoring tool id, and others hold them all ({holders}); "
        "end one of those tools first"
    )


def _release(tool: int, events: set[int]) -> None:
    """Give a tool id back with nothing left on it."""
    _monitoring.set_events(tool, 0)
    for event in events:
        _monitoring.register_callback(tool, event, None)
    _monitoring.free_tool_id(tool)
