"""The call-backs of `sys.monitoring` (Python 3.12 and later).

Owns: what each event means and what it is answered with; our exceptions that are on their way into
the program.
Does not own: which events are on (monitoring), what is done at a line (the sink).
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR
from types import CodeType, FrameType
from typing import Any

from stepdbg.model.depth import TOO_LITTLE, missed
from stepdbg.model.signalled import comes_from_signal
from stepdbg.model.standard import sys

from .bytecode import comprehensions, line_at
from .interface import Begun, LineSink, Traveller, is_new_here
from .signals import guarded_from_entry, take_off_our_part

assert sys.version_info >= (3, 12)

_events = sys.monitoring.events
_DISABLE = sys.monitoring.DISABLE
_getframe: Callable[[int], FrameType] = sys._getframe  # noqa: SLF001 -- the documented way to a frame

_BREAK = _events.LINE | _events.PY_START | _events.JUMP
_FOLLOW = _BREAK | _events.PY_RESUME | _events.PY_RETURN
_GENERATORS = CO_GENERATOR | CO_ASYNC_GENERATOR

Lines = dict[int, set[str]]
"""Lines, each with the names of tasks whose passes are not reported there."""
_MOST_NAMES = 10_000
"""A program may make up names without end."""


class Reports:
    """What is wanted, and the call-backs that report it to the sink: the hot part.

    Each call-back runs on whatever thread the code runs, inside the code's frame.  The tables
    are replaced as a whole.

    Before DISABLE each checks once more, with operators only, that the event is not wanted: CPython
    lets another thread run where a call ends, and DISABLE would undo what that thread asked for.

    A RecursionError that is not a traveller comes from stepdbg: too few frames are left even to
    call the sink.  It is noted without a call, because a call needs a frame.
    """

    def __init__(self, sink: LineSink, here: object, travellers: Travellers) -> None:
        self.breaks: dict[int, Lines] = {}
        self.followed: dict[int, tuple[tuple[int, int], ...]] = {}  # with its silent ranges
        self.wanted: Callable[[CodeType], bool] | None = None
        self.raising: Callable[[CodeType], bool] | None = None
        self.loops: dict[int, dict[int, int | None]] = {}  # code id, jump offset -> its line
        self._begun: dict[int, Callable[[int], object]] = {}  # code id -> called with frames
        self._travellers = travellers
        self._sink = sink
        self._here: Any = here

    def events(self, key: int) -> int:
        """The local events that a code object needs."""
        if key in self.followed:
            return _FOLLOW
        return _BREAK if key in self.breaks else 0

    def tell_begun(self, key: int, begun: Begun) -> bool:
        """Call `begun` with frames of some code that begin; returns whether that was on before."""
        before = self._begun
        kept = {each: known for each, known in before.items() if each != key}
        self._begun = kept if begun is None else {**kept, key: begun}
        return key in before

    def callbacks(self) -> dict[int, Callable[..., object]]:
        """The call-back of each event."""
        return {
            _events.LINE: self._line,
            _events.JUMP: self._jump,
            _events.PY_START: self._start,
            _events.PY_RESUME: self._resume,
            _events.PY_THROW: self._throw,
            _events.PY_RETURN: self._return,
            _events.PY_UNWIND: self._unwind,
            _events.RAISE: self._raise,
            _events.EXCEPTION_HANDLED: self._travellers.handled,
        }

    @guarded_from_entry
    def _line(self, code: CodeType, line: int) -> object:
        try:
            key = id(code)
            lines = self.breaks.get(key)
            passing = None if lines is None else lines.get(line)
            if passing is not None:
                # Tasks of these names pass without a call of the sink, which would take three times
                # as long.
                if passing and not self.followed:
                    task = getattr(self._here, "task", None)
                    if task is not None and type(task.name) is str and task.name in passing:
                        return None
                name = self._sink.on_line(_getframe(1), line)
                if name is not None and len(passing) < _MOST_NAMES:
                    passing.add(name)
                return None
            ranges = self.followed.get(key)
            if ranges is None:
                if key in self.followed or (key in self.breaks and line in self.breaks[key]):
                    return None
                return _DISABLE
            frame = _getframe(1)
            if not ranges or not _inside(ranges, frame.f_lasti):
                self._sink.on_line(frame, line)
        except RecursionError as error:
            if id(error) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, line))
        except BaseException as error:
            if self._travellers.may_leave(error):
                raise
        return None

    @guarded_from_entry
    def _jump(self, code: CodeType, offset: int, target: int) -> object:
        try:
            if target > offset:
                return _DISABLE
            line = self._loop_line(code, offset, target)
            key = id(code)
            if line is None or (
                key not in self.followed
                and (key not in self.breaks or line not in self.breaks[key])
            ):
                return _DISABLE
            self._sink.on_line(_getframe(1), line)
        except RecursionError as error:
            if id(error) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, _getframe(1).f_lineno))
        except BaseException as error:
            if self._travellers.may_leave(error):
                raise
        return None

    def _loop_line(self, code: CodeType, offset: int, target: int) -> int | None:
        """The line that a jump backwards stays on; None if it leaves the line or jumps forward."""
        lines = self.loops.setdefault(id(code), {})
        if offset not in lines:
            line = line_at(code, offset)
            own = line == line_at(code, target) and not _inside(comprehensions(code), offset)
            lines[offset] = line if own else None
        return lines[offset]

    def _start(self, code: CodeType, _offset: int) -> object:
        key = id(code)
        if self._begun and (begun := self._begun.get(key)) is not None:
            begun(id(_getframe(1)))
        wanted = self.wanted
        try:
            if key in self.followed or (wanted is not None and wanted(code)):
                self._sink.on_start(_getframe(1))
            elif self.wanted is None and not (
                key in self.followed
                or (key in self.breaks and code.co_firstlineno in self.breaks[key])
                or key in self._begun
            ):
                return _DISABLE
        except TOO_LITTLE as error:
            if id(error) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, code.co_firstlineno))
        return None

    def _resume(self, code: CodeType, _offset: int) -> object:
        key = id(code)
        try:
            if key in self.followed or self._goes_on(code):
                self._sink.on_resume(_getframe(1))
            elif self.wanted is None and key not in self.followed:
                return _DISABLE
        except TOO_LITTLE as error:
            if id(error) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, _getframe(1).f_lineno))
        return None

    def _goes_on(self, code: CodeType) -> bool:
        """Whether a generator that goes on counts as called."""
        wanted = self.wanted
        return wanted is not None and bool(code.co_flags & _GENERATORS) and wanted(code)

    def _throw(self, code: CodeType, _offset: int, _error: BaseException) -> None:
        try:
            if id(code) in self.followed or self._goes_on(code):
                self._sink.on_resume(_getframe(1))
        except TOO_LITTLE as error:
            if id(error) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, _getframe(1).f_lineno))

    def _return(self, code: CodeType, _offset: int, value: object) -> object:
        if id(code) not in self.followed:
            return _DISABLE
        try:
            self._sink.on_return(_getframe(1), value)
        except TOO_LITTLE as error:
            if id(error) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, _getframe(1).f_lineno))
        return None

    def _unwind(self, code: CodeType, _offset: int, error: BaseException) -> None:
        if id(code) not in self.followed:
            return
        try:
            self._sink.on_unwind(_getframe(1), error)
        except TOO_LITTLE as new:
            if id(new) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, _getframe(1).f_lineno))

    @guarded_from_entry
    def _raise(self, code: CodeType, _offset: int, error: BaseException) -> None:
        try:
            frame, wanted = _getframe(1), self.raising
            if self._travellers.waiting:
                self._travellers.seen(error, frame)
            # RAISE is reported again in every caller, with one more entry in the traceback.
            if wanted is not None and is_new_here(error.__traceback__, frame, wanted):
                self._sink.on_raise(frame, error)
        except RecursionError as new:
            if id(new) in self._travellers.waiting:
                raise
            missed.append((code.co_filename, _getframe(1).f_lineno))
        except BaseException as new:
            if self._travellers.may_leave(new):
                raise


class Travellers:
    """Exceptions that stepdbg has raised and that are on their way into the program."""

    def __init__(self, arrived: Callable[[], None]) -> None:
        self.waiting: dict[int, Traveller] = {}  # by the id of the exception
        self._arrived = arrived

    def may_leave(self, error: BaseException) -> bool:
        """Whether an exception leaves a call-back and goes on into the program.

        Only a MemoryError of stepdbg's does not.  Our frames are taken off one that a signal
        handler has raised.
        """
        ours = type(error) is MemoryError and id(error) not in self.waiting
        if ours and not comes_from_signal(error):
            return False
        take_off_our_part(error)
        return True

    def handled(self, _code: CodeType, _offset: int, error: BaseException) -> None:
        """The call-back of EXCEPTION_HANDLED."""
        self.seen(error, _getframe(1))

    def seen(self, error: BaseException, frame: FrameType) -> None:
        """Note that an exception is in this frame."""
        each = self.waiting.get(id(error))
        if each is not None and each.arrive(frame):
            self.waiting.pop(id(error), None)
            self._arrived()


def _inside(ranges: tuple[tuple[int, int], ...], offset: int) -> bool:
    return any(first <= offset <= last for first, last in ranges)
