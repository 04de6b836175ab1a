"""Line events from `sys.monitoring` (Python 3.12 and later).

Owns: two tool ids, and the events of the code objects concerned.
Does not own: the call-backs (reports), who wants which events (the sink), other tools' ids and
events.

Code that nobody watches runs at full speed.  Events are set only on the code objects concerned.  If
an event comes from a place that nobody asked for, the call-back answers DISABLE: CPython then takes
the event out of that place until somebody puts it back.  These facts about CPython shaped this
module (the tests try each of them):

- To enable a place again after DISABLE, `_plant` takes our events off the code object and puts them
  on again.  `sys.monitoring.restart_events` would also wake the places of other tools.  (When a
  code object gets its second tool, the places of the first one wake once: only then does CPython
  make the tables that tell tools apart.)
- Taking an event off and putting it on does nothing if the event is also on globally.  So the
  discovery of code objects (global PY_START, always answered with DISABLE) has a tool id of its
  own, and `_plant` switches off what `watch_calls` needs (global PY_START and PY_RESUME) while it
  works.
- On 3.13 LINE never comes for a one-line ``def`` or ``lambda`` unless PY_START is on as well, *and
  is not answered with DISABLE*.
- LINE comes when the interpreter enters a line from another line.  For a loop that stays on its
  line (``while busy(): pass``) there is only JUMP; `sys.settrace` itself sees such a loop that way.
- PY_UNWIND, PY_THROW and RAISE exist only globally.  They are on while something is followed.
- Code objects are kept by ``id``, with a reference: without it a new code object could get the id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from types import CodeType

from stepdbg.model.standard import sys, threading

from .bytecode import silent_ranges
from .interface import Begun, LineSink, LinesUnavailable, Traveller
from .reports import Lines, Reports, Travellers
from .signals import guarded_from_entry, take_off_our_part

assert sys.version_info >= (3, 12)

_monitoring = sys.monitoring
_events = _monitoring.events

TOOL = "stepdbg"
DISCOVERY_TOOL = "stepdbg discovery"
_LAST = (_monitoring.PROFILER_ID, _monitoring.COVERAGE_ID)  # such a tool may start later
_TOOL_IDS = (_monitoring.DEBUGGER_ID, 3, 4, 5, *_LAST)
_DISCOVERY_IDS = (4, 3, 5, *_LAST, _monitoring.DEBUGGER_ID)

UNLIKELY_IDS = (_monitoring.OPTIMIZER_ID, 4, 3, *_LAST)
"""Ids for other tools than that of line events: those it is least likely to want come first."""

_FOLLOW_GLOBALLY = _events.PY_UNWIND | _events.PY_THROW
_CALLS = _events.PY_START | _events.PY_RESUME
_TRAVEL = _events.RAISE | _events.EXCEPTION_HANDLED


class MonitoringEvents:
    """`LineEvents` by `sys.monitoring`."""

    def __init__(self, sink: LineSink, here: object = None) -> None:
        self._travellers = Travellers(self._set_globals)
        self._reports = Reports(sink, here, self._travellers)
        # Re-entrant: the garbage collector may run a finalizer of the program in here, and that may
        # stop.
        self._lock = threading.RLock()
        self._codes: dict[int, CodeType] = {}  # everything planted, to keep ids valid
        self._discovery: int | None = None
        self._tool = claim(TOOL, _TOOL_IDS)
        for event, callback in self._reports.callbacks().items():
            _monitoring.register_callback(self._tool, event, callback)

    # -- what is asked for ------------------------------------------------------------

    def break_lines(self, code: CodeType, lines: Collection[int], begun: Begun = None) -> None:
        with self._lock:
            key, before = id(code), self._reports.breaks
            wanted: Lines = {line: set() for line in lines}
            kept = {each: known for each, known in before.items() if each != key}
            self._reports.breaks = {**kept, key: wanted} if wanted else kept
            was_told = self._reports.tell_begun(key, begun if wanted else None)
            if before.get(key, {}).keys() != wanted.keys() or (wanted and begun and not was_told):
                self._plant([code])

    def follow(self, codes: Iterable[CodeType]) -> None:
        with self._lock:
            wanted = {id(code): code for code in codes}
            if wanted.keys() == self._reports.followed.keys():  # as for a `next` after a `next`
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
        with self._lock:
            before, self._reports.wanted = self._reports.wanted, wanted
            if before is wanted is None:
                return
            if before is None and wanted is not None:
                # Their PY_START was answered with DISABLE.  It is on already, so setting it
                # globally would not bring it back.
                self._plant([self._codes[key] for key in self._reports.breaks])
            self._set_globals()

    def watch_raise(self, wanted: Callable[[CodeType], bool] | None) -> None:
        with self._lock:
            self._reports.raising = wanted
            self._set_globals()

    def discover(self, found: Callable[[CodeType], None] | None) -> bool:
        with self._lock:
            tool = self._discovery
            was_on = tool is not None
            if found is None:
                if tool is not None:
                    release(tool, {_events.PY_START})
                self._discovery = None
                return was_on
            if tool is None:
                tool = self._discovery = claim(DISCOVERY_TOOL, _DISCOVERY_IDS)

            @guarded_from_entry
            def started(code: CodeType, _offset: int) -> object:
                try:
                    found(code)
                    return _monitoring.DISABLE
                except BaseException as error:
                    take_off_our_part(error)
                    raise

            _monitoring.register_callback(tool, _events.PY_START, started)
            _monitoring.set_events(tool, _events.PY_START)
            return was_on

    def see_off(self, traveller: Traveller) -> None:
        with self._lock:
            self._travellers.waiting[id(traveller.error)] = traveller
            self._set_globals()

    def refresh(self) -> None:
        """Nothing to do: see `LineEvents.refresh`."""

    def close(self) -> None:
        with self._lock:
            if self._tool < 0:
                return
            self.discover(None)
            for code in self._codes.values():
                _monitoring.set_local_events(self._tool, code, 0)
            self._codes, self._reports.breaks, self._reports.followed = {}, {}, {}
            release(self._tool, set(self._reports.callbacks()))
            self._tool = -1

    # -- planting -----------------------------------------------------------------------

    def _plant(self, codes: Iterable[CodeType]) -> None:
        """Put our events on code objects again, which enables each of their places."""
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
        # Each change costs time: every code object looks at its events again when it next runs.
        if events != _monitoring.get_events(self._tool):
            _monitoring.set_events(self._tool, events)


_lenders: list[Callable[[], None]] = []
"""Functions that give back an id, held for something that matters less than line events."""


def lend(give_back: Callable[[], None]) -> Callable[[], None]:
    """Offer an id that line events may take; returns a function that ends the offer.

    give_back: gives the id back, and ends what used it.
    """
    _lenders.append(give_back)
    return lambda: _lenders.remove(give_back)


def claim(name: str, candidates: tuple[int, ...]) -> int:
    """Take the first free tool id, else one that a lender offers.  Raises `LinesUnavailable`."""
    while True:
        for tool in candidates:
            if _monitoring.get_tool(tool) is None:
                _monitoring.use_tool_id(tool, name)
                return tool
        if not _lenders:
            break
        _lenders[-1]()
    holders = ", ".join(sorted({str(_monitoring.get_tool(tool)) for tool in candidates}))
    raise LinesUnavailable(
        f"line events need a sys.monitoring tool id, and others hold them all ({holders}); "
        "end one of those tools first"
    )


def release(tool: int, events: set[int]) -> None:
    """Give a tool id back, and take all its events off first."""
    _monitoring.set_events(tool, 0)
    for event in events:
        _monitoring.register_callback(tool, event, None)
    _monitoring.free_tool_id(tool)
